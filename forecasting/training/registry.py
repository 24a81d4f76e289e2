"""Saving and loading trained models. Loading unpickles, so every byte is checked before that.

An artefact is trusted only if this installation signed it: whoever can write to the database but does not
know SECRET_KEY can make a forecast fail, and cannot make the server run code.
"""

import hashlib
import hmac
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import version as package_version
from typing import Any

import numpy as np
from django.utils import timezone
from django.utils.crypto import salted_hmac

from forecasting.errors import ArtefactRefused
from forecasting.model import MODEL_VERSION
from forecasting.model.arrays import ALL_FEATURES, from_arrays, to_arrays
from forecasting.model.regression import FittedModel
from forecasting.models import TrainedModel
from forecasting.parameters import ModelKind

SALT = "forecasting.registry"
LARGEST_ARTEFACT = 80_000
"""Bytes; what is larger was not saved here."""


@dataclass(frozen=True, kw_only=True)
class Training:
    """What a model was trained on. `version` follows from everything else."""

    kind: ModelKind
    symbol: str
    version: str
    trained_from: date
    trained_through: date
    training_symbols: list[str]
    data_fingerprint: str


@dataclass(frozen=True, eq=False, kw_only=True)
class LoadedModel:
    """A trained model's row and its arrays."""

    record: TrainedModel
    fitted: FittedModel


@cache
def library_versions() -> dict[str, str]:
    """Return the versions of what fits a model and of what stores it."""
    return {name: package_version(name) for name in ("scikit-learn", "numpy", "joblib")}


def save_model(training: Training, fitted: FittedModel, metrics: Mapping[str, float]) -> LoadedModel:
    """Store a model, signed; the same training again replaces its row. Return it as later readers see it."""
    artefact = _dump(fitted)
    values: dict[str, Any] = {
        "kind": training.kind.value,
        "symbol": training.symbol,
        "model_version": MODEL_VERSION,
        "trained_from": training.trained_from,
        "trained_through": training.trained_through,
        "training_symbols": training.training_symbols,
        "data_fingerprint": training.data_fingerprint,
        "features": list(ALL_FEATURES),
        "library_versions": library_versions(),
        "metrics": dict(metrics),
        "artefact": artefact,
        "sha256": hashlib.sha256(artefact).hexdigest(),
        "trained_at": timezone.now(),
    }
    record = TrainedModel(version=training.version, **values)
    values["signature"] = _signature(record)
    record, _ = TrainedModel.objects.update_or_create(version=training.version, defaults=values)
    return load_model(record)


def load_model(record: TrainedModel) -> LoadedModel:
    """Return the model of a row.

    Raises ArtefactRefused when the artefact was altered, is unsigned, or was made by another version of
    the model, by another minor version of scikit-learn or for other features; the reason says which.
    """
    artefact = bytes(record.artefact)
    _check_origin(record, artefact)
    _check_compatibility(record)
    return LoadedModel(record=record, fitted=_undump(record, artefact))


def _dump(fitted: FittedModel) -> bytes:
    import joblib

    arrays = {name: np.asarray(array, dtype=np.float32) for name, array in to_arrays(fitted).items()}
    buffer = io.BytesIO()
    joblib.dump(arrays, buffer, compress=("zlib", 9))
    return buffer.getvalue()


def _undump(record: TrainedModel, artefact: bytes) -> FittedModel:
    import joblib

    try:
        return from_arrays(joblib.load(io.BytesIO(artefact)))
    except ValueError as error:
        raise _refused(record, str(error)) from None


def _check_origin(record: TrainedModel, artefact: bytes) -> None:
    if len(artefact) > LARGEST_ARTEFACT:
        raise _refused(record, f"it has {len(artefact)} bytes, more than any model saved here")
    if not hmac.compare_digest(hashlib.sha256(artefact).hexdigest(), record.sha256):
        raise _refused(record, "its bytes were altered after training")
    if not hmac.compare_digest(_signature(record), record.signature):
        raise _refused(record, "it does not carry this installation's signature")


def _check_compatibility(record: TrainedModel) -> None:
    if record.model_version != MODEL_VERSION:
        raise _refused(record, f"it belongs to model version {record.model_version}, not {MODEL_VERSION}")
    made_with = record.library_versions.get("scikit-learn", "unknown")
    here = library_versions()["scikit-learn"]
    if _minor(made_with) != _minor(here):
        raise _refused(record, f"it was made with scikit-learn {made_with}, and this is {here}")
    if record.features != list(ALL_FEATURES):
        raise _refused(record, "it was trained on other features")


def _minor(version: str) -> list[str]:
    return version.split(".")[:2]


def _signature(record: TrainedModel) -> str:
    """Return the HMAC over the artefact and over what decides whether and for what it is used."""
    signed = "\n".join(
        (
            record.version,
            record.model_version,
            record.kind,
            record.symbol,
            record.trained_through.isoformat(),
            ",".join(record.features),
            record.library_versions.get("scikit-learn", ""),
            record.sha256,
        )
    )
    return salted_hmac(SALT, signed, algorithm="sha256").hexdigest()


def _refused(record: TrainedModel, reason: str) -> ArtefactRefused:
    return ArtefactRefused(
        f"The stored model {record.version} is refused: {reason}. It must be trained again.",
        version=record.version,
    )
