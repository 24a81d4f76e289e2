"""Choosing among the stored versions of a model: going back to an older one, and returning."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from core.errors import NotFound
from forecasting.models import TrainedModel
from forecasting.training.registry import load_model


def find_model(version: str) -> TrainedModel:
    """Return the stored model of this version; raises NotFound."""
    record = TrainedModel.objects.filter(version=version).first()
    if record is None:
        raise NotFound(f"There is no model {version}. The list of models names the ones that exist.")
    return record


def use_version(version: str) -> TrainedModel:
    """Let new forecasts be made by this version of a model, and return it.

    Newer versions for the same symbol, or of the pooled model, are withdrawn; they stay stored and can be
    used again in the same way. Forecasts that were issued stay as they are. Raises NotFound for an unknown
    version, and ArtefactRefused for one that this installation cannot or must not load.
    """
    record = find_model(version)
    load_model(record)
    siblings = TrainedModel.objects.filter(kind=record.kind, symbol=record.symbol)
    newer = Q(trained_through__gt=record.trained_through) | Q(
        trained_through=record.trained_through, trained_at__gt=record.trained_at
    )
    with transaction.atomic():
        siblings.filter(newer, withdrawn_at__isnull=True).update(withdrawn_at=timezone.now())
        siblings.exclude(newer).update(withdrawn_at=None)
    return find_model(version)
