"""Inputs that nobody thought of: some with every run of the suite, tens of thousands under `make fuzz`."""

import os

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "60"))
