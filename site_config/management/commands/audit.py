"""`manage.py audit`: the audit trail as lines of JSON."""

import json
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.audit import entries_since


class Command(BaseCommand):
    """Export who did what, from where."""

    help = "Prints the audit trail, oldest first, one JSON object a line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the moment from which on."""
        parser.add_argument("--since", help="a day or moment, such as 2026-11-30 or 2026-11-30T18:00+00:00")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each entry."""
        for entry in entries_since(_moment(options["since"])):
            line = {
                "at": entry.at.isoformat(),
                "action": entry.action,
                "username": entry.username,
                "user_id": entry.user_id,
                "address": entry.address,
                "request_id": entry.request_id,
                "subject": entry.subject,
                "details": entry.details,
            }
            self.stdout.write(json.dumps(line, ensure_ascii=False))


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"“{text}” is no day or moment. Give one such as 2026-11-30.") from None
    return moment if moment.tzinfo else timezone.make_aware(moment)
