"""Training: the pooled model's vintages and the calibration to one symbol."""

import hashlib
import logging
from datetime import date

import numpy as np
from numpy.typing import NDArray

from core.errors import InvalidInput, NotFound
from forecasting.errors import ArtefactRefused
from forecasting.inputs import is_share, prices_of, traded_bars
from forecasting.model import MODEL_VERSION
from forecasting.model.arrays import ALL_FEATURES
from forecasting.model.evaluation import Evaluation, evaluate
from forecasting.model.prediction import Surroundings
from forecasting.model.price_moves import Prices
from forecasting.model.regression import MAX_HORIZON, FittedModel
from forecasting.model.training import TooLittleData, TrainingPool, calibrate, fit_pooled_model
from forecasting.models import TrainedModel
from forecasting.parameters import ModelKind
from forecasting.training.pool import shipped_pool
from forecasting.training.registry import LoadedModel, Training, library_versions, load_model, save_model
from ingestion.bars import Adjustment, Bars, load_bars

logger = logging.getLogger(__name__)

EARLIEST_ISSUE = date(1995, 1, 1)
"""The pool begins in 1990, and a vintage needs five years of it."""
HELD_OUT_DAYS = 504
METRICS_STEP = 5

FloatArray = NDArray[np.float64]


def train_model(symbol: str) -> TrainedModel:
    """Calibrate the pooled model to one symbol, from all its stored bars, and return the stored model.

    The same bars give the same version, which is used again if it was withdrawn. Raises InvalidInput for a
    symbol without bars and for one with fewer than two years of them.
    """
    record = train_symbol_model(load_bars(symbol, adjustment=Adjustment.SPLITS), renew=True).record
    if record.withdrawn_at is not None:
        record.withdrawn_at = None
        record.save(update_fields=["withdrawn_at"])
    return record


def ensure_pooled_model(*, before: date) -> TrainedModel:
    """Return the pooled model for forecasts issued on `before`, training it if it is not stored.

    It knows the pool through the last day of the year before, or through the pool's end if that is
    earlier; versions that were withdrawn give way to older ones. Raises InvalidInput before 1995.
    """
    return pooled_model(before=before, renew=True).record


def pooled_model(*, before: date, renew: bool = False) -> LoadedModel:
    """Return the same as `ensure_pooled_model`, with its arrays.

    renew: train a stored artefact again that is refused, instead of raising ArtefactRefused.
    """
    if before < EARLIEST_ISSUE:
        raise InvalidInput(
            f"The model learns from prices since 1990, so the first issue date is {EARLIEST_ISSUE}. "
            "Choose a later day.",
            field="as_of",
        )
    pool = _newest_vintage(before.year - 1)
    training = _pooled_training(pool)
    stored = _stored(training.version, renew=renew)
    return stored or save_model(training, fit_pooled_model(pool), _pooled_metrics(pool))


def _newest_vintage(year: int) -> TrainingPool:
    """Return the pool through the end of `year`; where newer vintages are withdrawn, of the one in use."""
    last_day = date(year, 12, 31)
    known = TrainedModel.objects.filter(
        kind=ModelKind.POOLED, model_version=MODEL_VERSION, trained_through__lte=last_day
    )
    versions = list(known.values_list("trained_through", "withdrawn_at"))
    in_use = next((through for through, withdrawn_at in versions if withdrawn_at is None), None)
    if versions and versions[0][1] is not None and in_use is not None:
        last_day = in_use
    return shipped_pool().pool.through(last_day)


def train_symbol_model(bars: Bars, *, renew: bool = False) -> LoadedModel:
    """Return the model calibrated to these bars, training it if it is not stored; renew: as above."""
    pooled = pooled_model(before=_day(bars.dates[-1]), renew=renew)
    training = _symbol_training(bars, pooled.record)
    stored = _stored(training.version, renew=renew)
    if stored:
        return stored
    try:
        fitted = calibrate(pooled.fitted, prices_of(traded_bars(bars)), drifts=is_share(bars))
    except TooLittleData as error:
        raise InvalidInput(
            f"{error} Use the pooled model for {bars.symbol}, or fetch more of its history.", field="symbol"
        )
    return save_model(training, fitted, _symbol_metrics(bars, renew=renew))


def symbol_model(symbol: str, *, issued_on: date) -> LoadedModel:
    """Return the newest model of a symbol that knows the year before `issued_on` and nothing after it.

    Where no such model was trained, for a look back or when a new year has begun, one is calibrated
    through the year before; one that can no longer be used is calibrated again through its last day.
    Raises InvalidInput where the symbol was never trained, or has too little history by then.
    """
    trained = TrainedModel.objects.filter(kind=ModelKind.SYMBOL, symbol=symbol)
    if not trained.exists():
        raise InvalidInput(
            f"There is no model of {symbol} yet. Run `manage.py train_ml_model {symbol}`, press the Train "
            "button on the forecast page, or choose the pooled model.",
            field="model",
        )
    year_before = date(issued_on.year - 1, 12, 31)
    known = trained.filter(trained_through__lte=issued_on)
    newest = known.filter(withdrawn_at__isnull=True).first()
    if newest is None or (newest.trained_through <= year_before and newest == known.first()):
        return _calibrated_through(symbol, year_before)
    if newest.model_version != MODEL_VERSION:
        return _calibrated_through(symbol, newest.trained_through)
    return load_model(newest)


def _calibrated_through(symbol: str, last_day: date) -> LoadedModel:
    try:
        return train_symbol_model(load_bars(symbol, end=last_day, adjustment=Adjustment.SPLITS))
    except InvalidInput as error:
        raise InvalidInput(
            f"{symbol} had too little history on {last_day} for a model of its own: {error.message}",
            field="as_of",
        ) from None


def train_again(version: str) -> TrainedModel:
    """Train what a refused model was trained on once more, with the code of today; raises NotFound.

    Returns the model that forecasts use in its place.
    """
    record = TrainedModel.objects.filter(version=version).first()
    if record is None:
        raise NotFound(f"There is no model {version}.")
    if record.kind == ModelKind.POOLED:
        return ensure_pooled_model(before=date(record.trained_through.year + 1, 1, 1))
    bars = load_bars(record.symbol, end=record.trained_through, adjustment=Adjustment.SPLITS)
    return train_symbol_model(bars, renew=True).record


def _stored(version: str, *, renew: bool) -> LoadedModel | None:
    """Return the stored model of this version; None where there is none, or it is refused and renewed."""
    record = TrainedModel.objects.filter(version=version).first()
    if record is None:
        return None
    try:
        return load_model(record)
    except ArtefactRefused as refusal:
        logger.warning("%s", refusal.message)
        if not renew:
            raise
        return None


def _pooled_training(pool: TrainingPool) -> Training:
    fingerprint = hashlib.sha256(f"{shipped_pool().sha256} {pool.dates[-1]}".encode()).hexdigest()
    return Training(
        kind=ModelKind.POOLED,
        symbol="",
        version=_version("pooled", _day(pool.dates[-1]), fingerprint),
        trained_from=_day(pool.dates[0]),
        trained_through=_day(pool.dates[-1]),
        training_symbols=list(pool.closes),
        data_fingerprint=fingerprint,
    )


def _symbol_training(bars: Bars, pooled: TrainedModel) -> Training:
    fingerprint = hashlib.sha256(f"{pooled.version} {bars.fingerprint}".encode()).hexdigest()
    return Training(
        kind=ModelKind.SYMBOL,
        symbol=bars.symbol,
        version=_version(bars.symbol, _day(bars.dates[-1]), fingerprint),
        trained_from=min(_day(bars.dates[0]), pooled.trained_from),
        trained_through=_day(bars.dates[-1]),
        training_symbols=[*pooled.training_symbols, bars.symbol],
        data_fingerprint=fingerprint,
    )


def _version(name: str, through: date, fingerprint: str) -> str:
    """Return a version that changes with the code, the data, the features and scikit-learn."""
    basis = (MODEL_VERSION, fingerprint, *ALL_FEATURES, library_versions()["scikit-learn"])
    return f"{MODEL_VERSION}-{name}-{through}-{hashlib.sha256(' '.join(basis).encode()).hexdigest()[:8]}"


def _pooled_metrics(pool: TrainingPool) -> dict[str, float]:
    """Return how a model without the pool's last two years does on them; empty for a short pool."""
    past = pool.through(_day(pool.dates[-HELD_OUT_DAYS]))
    try:
        earlier = fit_pooled_model(past)
    except TooLittleData:
        return {}
    evaluations = [_held_out(earlier, Prices.of_closes(closes)) for closes in pool.closes.values()]
    return _metrics(evaluations)


def _symbol_metrics(bars: Bars, *, renew: bool) -> dict[str, float]:
    """Return how a model without the symbol's last two years does on them; empty for a short history."""
    traded = traded_bars(bars)
    prices = prices_of(traded)
    try:
        pooled = pooled_model(before=_day(traded.dates[-HELD_OUT_DAYS]), renew=renew).fitted
        known = prices.before(len(prices) - HELD_OUT_DAYS + 1)
        earlier = calibrate(pooled, known, drifts=is_share(bars))
    except (TooLittleData, InvalidInput, IndexError):
        return {}
    return _metrics([_held_out(earlier, prices, drifts=is_share(bars))])


def _held_out(model: FittedModel, prices: Prices, *, drifts: bool = True) -> Evaluation:
    last = len(prices) - 1 - MAX_HORIZON
    days = np.arange(len(prices) - HELD_OUT_DAYS, last + 1, METRICS_STEP)
    around = Surroundings(drifts=drifts)
    return evaluate(model, prices, days, horizon=MAX_HORIZON, surroundings=around)


def _metrics(evaluations: list[Evaluation]) -> dict[str, float]:
    crps = np.mean([each.crps.mean() for each in evaluations])
    random_walk_crps = np.mean([each.random_walk_crps.mean() for each in evaluations])
    return {
        "held_out_forecasts": float(sum(len(each.days) for each in evaluations)),
        "coverage_80": float(np.mean([each.inside_80.mean() for each in evaluations])),
        "coverage_95": float(np.mean([each.inside_95.mean() for each in evaluations])),
        "mean_absolute_error": float(np.mean([each.absolute_error.mean() for each in evaluations])),
        "random_walk_error": float(np.mean([each.random_walk_error.mean() for each in evaluations])),
        "crps_ratio": float(crps / random_walk_crps),
    }


def _day(day: np.datetime64) -> date:
    converted: date = day.item()
    return converted
