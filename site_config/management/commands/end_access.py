"""`manage.py end_access`: nobody is logged in any more, and no API token works."""

from typing import Any

from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand
from django.utils import timezone

from core.audit import AuditAction, record_action
from dashboard.models import ApiToken


class Command(BaseCommand):
    """End every session and revoke every API token, as after a break-in or with an older backup."""

    help = "Ends every session and revokes every API token."

    def handle(self, *args: Any, **options: Any) -> None:
        """End, revoke, and say how many there were."""
        sessions, _ = Session.objects.all().delete()
        tokens = ApiToken.objects.filter(revoked_at=None).update(revoked_at=timezone.now())
        record_action(AuditAction.SESSIONS_ENDED, user=None, details={"sessions": sessions, "tokens": tokens})
        self.stdout.write(f"Ended {sessions} sessions and revoked {tokens} API tokens.")
