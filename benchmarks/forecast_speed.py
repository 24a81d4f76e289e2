"""Measure how fast the forecasts are, against the limits that they must keep.

    python -m benchmarks.forecast_speed [--peer-milliseconds 449]

Medians of repeated runs, in time of the processor, which other work on the machine does not lengthen; on
the 3,270 bars of IBM in the sample. --peer-milliseconds: what a forecast of AutoARIMA takes on the same
machine, as benchmarks/peers/forecast_peers.py prints it.
Exits with 1 where a limit is missed.
"""

import argparse
import io
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import joblib
import numpy as np

from benchmarks.forecast_data import pool_shares, sample_shares
from forecasting.model.arrays import to_arrays
from forecasting.model.evaluation import evaluate
from forecasting.model.market import market_features, member_of
from forecasting.model.prediction import Surroundings, predict_prices
from forecasting.model.regression import FittedModel
from forecasting.model.training import TrainingPool, fit_pooled_model
from forecasting.training.pool import shipped_pool

HORIZON = 30
STEP = 5
TEN_YEARS = 2520
LARGEST_ARTEFACT = 80_000
LEAST_ADVANTAGE = 40
"""Over AutoARIMA, in speed."""


@dataclass(frozen=True, kw_only=True)
class Limit:
    """An action, how often to repeat it, and how long it may take."""

    name: str
    action: Callable[[], object]
    runs: int
    milliseconds: float


def artefact_bytes(model: FittedModel) -> int:
    """Return the size of the stored artefact."""
    buffer = io.BytesIO()
    arrays = {name: np.asarray(array, dtype=np.float32) for name, array in to_arrays(model).items()}
    joblib.dump(arrays, buffer, compress=("zlib", 9))
    return buffer.tell()


def limits(pool: TrainingPool, model: FittedModel) -> list[Limit]:
    """Return what is measured."""
    share = next(share for share in sample_shares() if share.symbol == "IBM")
    prices = share.prices
    members = [member_of(each.dates, each.prices) for each in pool_shares()]
    days = np.arange(len(prices) - TEN_YEARS, len(prices) - HORIZON, STEP)
    return [
        Limit(
            name="a forecast from raw bars, warm",
            action=lambda: predict_prices(model, prices, horizon=HORIZON),
            runs=50,
            milliseconds=10,
        ),
        Limit(
            name="the market of a forecast, its shares read before",
            action=lambda: market_features(members, share.dates),
            runs=50,
            milliseconds=10,
        ),
        Limit(
            name="a forecast from raw bars with a market",
            action=lambda: predict_prices(
                model,
                prices,
                horizon=HORIZON,
                surroundings=Surroundings(market=market_features(members, share.dates)),
            ),
            runs=50,
            milliseconds=10,
        ),
        Limit(
            name=f"an evaluation over ten years, {len(days)} forecasts",
            action=lambda: evaluate(model, prices, days, horizon=HORIZON),
            runs=10,
            milliseconds=3000,
        ),
        Limit(
            name=f"training on {len(pool.closes)} symbols of {len(pool.dates)} days",
            action=lambda: fit_pooled_model(pool),
            runs=3,
            milliseconds=3000,
        ),
    ]


def median_milliseconds(limit: Limit) -> float:
    """Return the median time that a core spent on the action, after one run that does not count."""
    limit.action()
    runs = []
    for _ in range(limit.runs):
        begin = time.process_time()
        limit.action()
        runs.append(1000 * (time.process_time() - begin))
    return statistics.median(runs)


def main() -> int:
    """Print the figures; return how many limits were missed, at most 1."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer-milliseconds", type=float, help="a forecast of AutoARIMA on this machine")
    peer = parser.parse_args().peer_milliseconds
    pool = shipped_pool().pool
    model = fit_pooled_model(pool.through(date(2012, 12, 31)))
    missed = False
    for index, limit in enumerate(limits(pool, model)):
        spent = median_milliseconds(limit)
        missed |= spent > limit.milliseconds
        print(f"{limit.name}: {spent:.1f} ms, at most {limit.milliseconds:.0f}")
        if index == 0 and peer:
            missed |= peer / spent < LEAST_ADVANTAGE
            print(
                f"  {peer / spent:.0f} times as fast as AutoARIMA's {peer:.0f} ms, at least {LEAST_ADVANTAGE}"
            )
    size = artefact_bytes(model)
    missed |= size > LARGEST_ARTEFACT
    print(f"artefact: {size} bytes, at most {LARGEST_ARTEFACT}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
