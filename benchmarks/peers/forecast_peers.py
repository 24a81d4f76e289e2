"""Forecast with AutoARIMA, AutoETS and AutoTheta of statsforecast, for benchmarks/forecast_accuracy.py.

In an environment of its own, from the repository's folder:

    python -m venv PEERS && PEERS/bin/pip install -r benchmarks/peers/forecast-requirements.txt
    python -m benchmarks.forecast_windows --wheel WHEEL --step 60 windows.npz
    PEERS/bin/python benchmarks/peers/forecast_peers.py windows.npz peers.npz

Each peer sees the logs of the last 1,000 closes before an issue date, as it would in use, and nothing after.
"""

import sys
import time

import numpy as np
from statsforecast.models import AutoARIMA, AutoETS, AutoTheta

HORIZON = 30
WINDOW = 1000
BANDS = [10, 20, 30, 40, 50, 60, 70, 80, 90, 95]
PEERS = {
    "AutoARIMA": AutoARIMA,
    "AutoETS": AutoETS,
    "AutoTheta": AutoTheta,
}


def returns(answer, close):
    """Return quantiles at 0.05 to 0.95 by 0.05, and the band of 95 %, as returns on `close`."""
    inner = BANDS[:-1]
    logs = [
        *(answer[f"lo-{band}"] for band in reversed(inner)),
        answer["mean"],
        *(answer[f"hi-{band}"] for band in inner),
    ]
    outer = [answer["lo-95"], answer["hi-95"]]
    return [np.expm1(np.stack(each) - np.log(close)) for each in (logs, outer)]


def main(source, target):
    """Read the windows, forecast from each, and write the quantiles and the time that each peer took."""
    stored = np.load(source)
    symbols = [str(symbol) for symbol in stored["symbols"]]
    written = {"symbols": stored["symbols"], "peers": np.array(list(PEERS)), "step": stored["step"]}
    for symbol in symbols:
        written[f"{symbol}_days"] = stored[f"{symbol}_days"]
    for name, make in PEERS.items():
        spent, count = 0.0, 0
        for symbol in symbols:
            closes, days = stored[f"{symbol}_closes"], stored[f"{symbol}_days"]
            quantiles, outer = [], []
            for day in days:
                window = closes[max(0, day + 1 - WINDOW) : day + 1]
                begin = time.process_time()
                answer = make().forecast(y=np.log(window), h=HORIZON, level=BANDS)
                spent, count = spent + time.process_time() - begin, count + 1
                inner, wide = returns(answer, closes[day])
                quantiles.append(inner)
                outer.append(wide)
            written[f"{symbol}_{name}_quantiles"] = np.stack(quantiles, axis=1)
            written[f"{symbol}_{name}_outer"] = np.stack(outer, axis=1)
            print(name, symbol, len(days), f"{1000 * spent / count:.0f} ms a forecast", flush=True)
        written[f"{name}_milliseconds"] = np.array(1000 * spent / count)
    np.savez_compressed(target, **written)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
