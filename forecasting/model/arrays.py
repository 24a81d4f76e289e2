"""A fitted model as named arrays, which is how it is stored."""

from collections.abc import Mapping
from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from forecasting.model.features import FEATURES
from forecasting.model.market import MARKET_FEATURES
from forecasting.model.quantile_grid import LEVELS
from forecasting.model.regression import MAX_HORIZON, FittedModel, Regression
from forecasting.model.width_regression import MARKET_WIDTH_FEATURES, WIDTH_FEATURES, WidthRegression

FloatArray = NDArray[np.float64]

ALL_FEATURES = (*FEATURES, *MARKET_FEATURES, *WIDTH_FEATURES, *MARKET_WIDTH_FEATURES)
"""Everything that a model looks at, by name: stored with it, and compared when it is read."""
_DRIFT = "drift_per_volatility"
_WIDTH = "width"


def to_arrays(model: FittedModel) -> dict[str, FloatArray]:
    """Return the arrays of a model by name."""
    arrays = {_DRIFT: np.array(model.drift_per_volatility)}
    for name, regression in (("alone", model.alone), ("with_market", model.with_market)):
        if regression is not None:
            arrays |= _arrays(f"{name}.", regression)
    return arrays


def from_arrays(arrays: Mapping[str, FloatArray]) -> FittedModel:
    """Return the model of these arrays; raises ValueError where they are not those of a model."""
    shapes = {name: array.shape for name, array in arrays.items()}
    if shapes not in (_SHAPES_ALONE, _SHAPES_ALONE | _SHAPES_WITH_MARKET):
        raise ValueError("its arrays do not have the expected shapes")
    values = {name: np.asarray(array, dtype=np.float64) for name, array in arrays.items()}
    seen = any(name in _SHAPES_WITH_MARKET for name in arrays)
    return FittedModel(
        drift_per_volatility=float(values[_DRIFT]),
        alone=_regression("alone.", values),
        with_market=_regression("with_market.", values) if seen else None,
    )


def _arrays(prefix: str, regression: Regression) -> dict[str, FloatArray]:
    own = {prefix + name: getattr(regression, name) for name in _OWN}
    width = {f"{prefix}{_WIDTH}.{name}": getattr(regression.width, name) for name in _OF_WIDTH}
    return own | width


def _regression(prefix: str, values: Mapping[str, FloatArray]) -> Regression:
    width = WidthRegression(**{name: values[f"{prefix}{_WIDTH}.{name}"] for name in _OF_WIDTH})
    return Regression(**{name: values[prefix + name] for name in _OWN}, width=width)


_OWN = [field.name for field in fields(Regression) if field.name != _WIDTH]
_OF_WIDTH = [field.name for field in fields(WidthRegression)]


def _shapes(prefix: str, first: int, second: int) -> dict[str, tuple[int, ...]]:
    return {
        f"{prefix}feature_means": (first,),
        f"{prefix}feature_scales": (first,),
        f"{prefix}coefficients": (MAX_HORIZON, first),
        f"{prefix}intercepts": (MAX_HORIZON,),
        f"{prefix}absolute_error": (MAX_HORIZON,),
        f"{prefix}median_error": (MAX_HORIZON,),
        f"{prefix}quantiles": (MAX_HORIZON, len(LEVELS)),
        f"{prefix}{_WIDTH}.means": (second,),
        f"{prefix}{_WIDTH}.scales": (second,),
        f"{prefix}{_WIDTH}.coefficients": (MAX_HORIZON, second),
    }


_SHAPES_ALONE: dict[str, tuple[int, ...]] = {
    _DRIFT: (),
    **_shapes("alone.", len(FEATURES), len(WIDTH_FEATURES)),
}
_SHAPES_WITH_MARKET = _shapes(
    "with_market.",
    len(FEATURES) + len(MARKET_FEATURES),
    len(WIDTH_FEATURES) + len(MARKET_WIDTH_FEATURES),
)
