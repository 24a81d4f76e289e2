import hashlib
import io
import os
import pickle
from pathlib import Path

import joblib
import numpy as np
import pytest
from django.test import override_settings

from forecasting.errors import ArtefactRefused
from forecasting.models import TrainedModel
from forecasting.tests.factories import SAMPLE_ISSUE
from forecasting.training.registry import LARGEST_ARTEFACT, _signature, load_model
from forecasting.training.service import ensure_pooled_model

pytestmark = pytest.mark.django_db


@pytest.fixture
def record() -> TrainedModel:
    return ensure_pooled_model(before=SAMPLE_ISSUE)


class _Hostile:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return os.mkdir, (str(self.path),)


def _replace_artefact(record: TrainedModel, artefact: bytes) -> None:
    """Write to the database all that somebody without the secret key can."""
    TrainedModel.objects.filter(pk=record.pk).update(
        artefact=artefact, sha256=hashlib.sha256(artefact).hexdigest()
    )


def test_a_hostile_artefact_is_refused_before_it_runs(record: TrainedModel, tmp_path: Path) -> None:
    trace = tmp_path / "the artefact ran"
    _replace_artefact(record, pickle.dumps(_Hostile(trace)))
    record.refresh_from_db()
    with pytest.raises(ArtefactRefused, match="signature"):
        load_model(record)
    assert not trace.exists()
    joblib.load(io.BytesIO(bytes(record.artefact)))
    assert trace.exists()  # So the artefact would have run, had it been loaded.


def test_an_altered_artefact_is_refused(record: TrainedModel) -> None:
    record.artefact = bytes(record.artefact)[:-1] + b"\0"
    with pytest.raises(ArtefactRefused, match="altered after training"):
        load_model(record)


@pytest.mark.parametrize("field", ["version", "model_version", "kind", "symbol", "trained_through"])
def test_a_model_that_claims_another_origin_is_refused(record: TrainedModel, field: str) -> None:
    claims = {
        "version": "9",
        "model_version": "9",
        "kind": "symbol",
        "symbol": "AAPL",
        "trained_through": SAMPLE_ISSUE,
    }
    setattr(record, field, claims[field])
    with pytest.raises(ArtefactRefused, match="signature"):
        load_model(record)


def test_an_artefact_of_another_installation_is_refused(record: TrainedModel) -> None:
    with (
        override_settings(SECRET_KEY="another installation's key, as long as Django wants it"),  # noqa: S106
        pytest.raises(ArtefactRefused, match="this installation's signature"),
    ):
        load_model(record)


def test_an_artefact_of_another_scikit_learn_is_refused(record: TrainedModel) -> None:
    record.library_versions = {"scikit-learn": "0.24.2"}
    record.signature = _signature(record)
    with pytest.raises(ArtefactRefused, match=r"made with scikit-learn 0\.24\.2"):
        load_model(record)


def test_an_artefact_of_another_model_version_is_refused(record: TrainedModel) -> None:
    record.model_version = "0.9"
    record.signature = _signature(record)
    with pytest.raises(ArtefactRefused, match=r"belongs to model version 0\.9, not 3\.0"):
        load_model(record)


def test_a_model_of_other_features_is_refused(record: TrainedModel) -> None:
    record.features = record.features[::-1]
    record.signature = _signature(record)
    with pytest.raises(ArtefactRefused, match="other features"):
        load_model(record)


def test_a_signed_artefact_of_the_wrong_shape_is_refused(record: TrainedModel) -> None:
    buffer = io.BytesIO()
    joblib.dump({"drift": np.zeros(3)}, buffer)
    record.artefact = buffer.getvalue()
    record.sha256 = hashlib.sha256(record.artefact).hexdigest()
    record.signature = _signature(record)
    with pytest.raises(ArtefactRefused, match="expected shapes"):
        load_model(record)


def test_a_huge_artefact_is_refused(record: TrainedModel) -> None:
    record.artefact = bytes(LARGEST_ARTEFACT + 1)
    with pytest.raises(ArtefactRefused, match="80001 bytes"):
        load_model(record)


def test_a_refused_model_is_trained_again(record: TrainedModel) -> None:
    _replace_artefact(record, b"not a model")
    again = ensure_pooled_model(before=SAMPLE_ISSUE)
    assert (again.pk, again.version, again.sha256) == (record.pk, record.version, record.sha256)
    load_model(again)


def test_a_model_of_an_older_scikit_learn_is_trained_again(record: TrainedModel) -> None:
    record.library_versions = {"scikit-learn": "0.24.2"}
    record.signature = _signature(record)
    record.save()
    assert ensure_pooled_model(before=SAMPLE_ISSUE).library_versions["scikit-learn"] != "0.24.2"


def test_an_artefact_is_small(record: TrainedModel) -> None:
    assert len(record.artefact) < LARGEST_ARTEFACT
