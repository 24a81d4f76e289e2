"""`manage.py warm_kernels`: compile the kernels of sweeps, so that no process has to."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from strategies.engine import kernel_loader


class Command(BaseCommand):
    """Compiles what is not compiled yet, into the folder NUMBA_CACHE_DIR."""

    help = "Compile the kernels of sweeps into NUMBA_CACHE_DIR; without it, into DATA_DIR/kernels."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Compile; fails when that is not possible here."""
        kernel_loader.wait()
        if not kernel_loader.ready():
            raise CommandError("The kernels cannot be compiled here. The log above says why.")
        self.stdout.write("The kernels of sweeps are compiled.")
