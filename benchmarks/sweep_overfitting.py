"""Measure the probability of backtest overfitting beside ffn: 16 blocks, 100 trials, 2,512 bars, one core.

    python benchmarks/sweep_overfitting.py [--peers /tmp/peers/bin/python]

Trials are random returns. With --peers, ffn (see peers/sweep-requirements.txt) computes the same in the
same run, and its probability must be ours.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from strategies.engine import kernel_loader
from strategies.engine.source_hash import source_fingerprint
from strategies.engine.statistics.overfitting import BlockSums, Overfitting, probability_of_overfitting

BARS, TRIALS, RUNS = 2_512, 100, 7


def main() -> None:
    """Print seconds and probabilities."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--peers", help="Python of the environment with ffn.")
    peers: str | None = arguments.parse_args().peers
    kept = Path(tempfile.gettempdir()) / f"hindcast-kernels-{source_fingerprint()}"
    os.environ.setdefault("NUMBA_CACHE_DIR", str(kept))
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    kernel_loader.wait()
    returns = np.random.default_rng(1).normal(0.0003, 0.01, (BARS, TRIALS))
    durations = []
    for _ in range(RUNS):
        begin = time.process_time()
        found = probability_of_overfitting(BlockSums.of(returns.T))
        durations.append(time.process_time() - begin)
    assert isinstance(found, Overfitting)  # noqa: S101 - long enough for 16 blocks
    sys.stdout.write(f"ours {1000 * min(durations):.1f} ms, probability {found.probability:.6f}\n")
    if peers:
        _compare(peers, returns, min(durations), found)


def _compare(
    peers: str, returns: "np.ndarray[tuple[int, int], np.dtype[np.float64]]", ours: float, found: Overfitting
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.npz", Path(folder) / "out.npz"
        np.savez(source, returns=returns)
        script = Path(__file__).parent / "peers" / "sweep_peers.py"
        command = [peers, str(script), str(source), str(target), "overfitting"]
        subprocess.run(command, check=True)  # noqa: S603 - our own
        theirs = np.load(target)
    seconds, probability = float(theirs["seconds"]), float(theirs["probability"])
    sys.stdout.write(f"ffn {seconds:.1f} s, probability {probability:.6f}, {seconds / ours:.0f} times\n")
    if abs(probability - found.probability) > 1e-9:  # noqa: PLR2004 - the same figure, to rounding
        raise SystemExit("The probabilities differ.")


if __name__ == "__main__":
    main()
