"""What expires of the market data: raw responses and the record of revisions, never bars."""

from core.retention import delete_some, expires, records_expire_before
from ingestion.models import BarRevision, ProviderAnswer


@expires("responses of the provider")
def _delete_responses() -> int:
    before = records_expire_before()
    return 0 if before is None else delete_some(ProviderAnswer.objects.filter(received_at__lt=before))


@expires("revisions of bars")
def _delete_revisions() -> int:
    before = records_expire_before()
    return 0 if before is None else delete_some(BarRevision.objects.filter(recorded_at__lt=before))
