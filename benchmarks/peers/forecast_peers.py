"""Forecast with AutoARIMA, AutoETS, AutoTheta and GJR-GARCH, for benchmarks/forecast_accuracy.py.

In an environment of its own, from the repository's folder:

    python -m venv PEERS && PEERS/bin/pip install -r benchmarks/peers/forecast-requirements.txt
    python -m benchmarks.forecast_windows --wheel WHEEL --step 60 windows.npz
    PEERS/bin/python benchmarks/peers/forecast_peers.py windows.npz peers.npz

Each peer sees the logs of the last 1,000 closes before an issue date, as it would in use, and nothing after.
"""

import sys
import time

import numpy as np
from arch import arch_model
from statsforecast.models import AutoARIMA, AutoETS, AutoTheta

HORIZON = 30
WINDOW = 1000
BANDS = [10, 20, 30, 40, 50, 60, 70, 80, 90, 95]
LEVELS = np.arange(5, 100, 5) / 100
OUTER = (0.025, 0.975)
SIMULATIONS = 2000


class GjrGarch:
    """GJR-GARCH(1, 1) with Student's t, fitted by arch, and paths drawn from its own residuals."""

    def quantiles(self, window):
        """Return the log returns after `window` at LEVELS and at OUTER."""
        returns = 100 * np.diff(window)
        fitted = arch_model(returns, mean="Constant", vol="GARCH", p=1, o=1, q=1, dist="t").fit(disp="off")
        drawn = fitted.forecast(
            horizon=HORIZON,
            method="bootstrap",
            simulations=SIMULATIONS,
            random_state=np.random.RandomState(1),
        )
        paths = np.cumsum(drawn.simulations.values[-1], axis=1) / 100
        return [np.quantile(paths, levels, axis=0) for levels in (LEVELS, OUTER)]


class Statsforecast:
    """A model of statsforecast."""

    def __init__(self, make):
        self.make = make

    def quantiles(self, window):
        """Return the log returns after `window` at LEVELS and at OUTER."""
        answer = self.make().forecast(y=window, h=HORIZON, level=BANDS)
        inner = BANDS[:-1]
        logs = [
            *(answer[f"lo-{band}"] for band in reversed(inner)),
            answer["mean"],
            *(answer[f"hi-{band}"] for band in inner),
        ]
        outer = [answer["lo-95"], answer["hi-95"]]
        return [np.stack(each) - window[-1] for each in (logs, outer)]


PEERS = {
    "GJR-GARCH-t": GjrGarch(),
    "AutoETS": Statsforecast(AutoETS),
    "AutoTheta": Statsforecast(AutoTheta),
    "AutoARIMA": Statsforecast(AutoARIMA),
}


def main(source, target):
    """Read the windows, forecast from each, and write the quantiles and the time that each peer took."""
    stored = np.load(source)
    symbols = [str(symbol) for symbol in stored["symbols"]]
    written = {"symbols": stored["symbols"], "peers": np.array(list(PEERS)), "step": stored["step"]}
    for symbol in symbols:
        written[f"{symbol}_days"] = stored[f"{symbol}_days"]
    for name, peer in PEERS.items():
        spent, count = 0.0, 0
        for symbol in symbols:
            closes, days = stored[f"{symbol}_closes"], stored[f"{symbol}_days"]
            quantiles, outer = [], []
            for day in days:
                window = closes[max(0, day + 1 - WINDOW) : day + 1]
                begin = time.process_time()
                inner, wide = peer.quantiles(np.log(window))
                spent, count = spent + time.process_time() - begin, count + 1
                quantiles.append(np.expm1(inner))
                outer.append(np.expm1(wide))
            written[f"{symbol}_{name}_quantiles"] = np.stack(quantiles, axis=1)
            written[f"{symbol}_{name}_outer"] = np.stack(outer, axis=1)
            print(name, symbol, len(days), f"{1000 * spent / count:.0f} ms a forecast", flush=True)
        written[f"{name}_milliseconds"] = np.array(1000 * spent / count)
    np.savez_compressed(target, **written)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
