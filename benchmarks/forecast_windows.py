"""Write the closes and issue dates on which peers are measured, for an environment without the project."""

import argparse
from pathlib import Path

import numpy as np

from benchmarks.forecast_accuracy import STEP, days_of_issue, shares_kept_out


def main() -> None:
    """Write one file of arrays."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=Path)
    parser.add_argument("--wheel", type=Path, required=True, help="the wheel of skfolio")
    parser.add_argument("--step", type=int, default=60, help="sessions between issue dates")
    options = parser.parse_args()
    shares = shares_kept_out(options.wheel)
    arrays = {"symbols": np.array([share.symbol for share in shares]), "step": np.array(options.step)}
    for share in shares:
        arrays[f"{share.symbol}_closes"] = share.prices.close
        arrays[f"{share.symbol}_days"] = days_of_issue(share)[:: options.step // STEP]
    np.savez_compressed(options.target, **arrays)


if __name__ == "__main__":
    main()
