"""Generate the client's models from the API's own description: `make client-models`."""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

MODELS = Path(__file__).parent / "src" / "hindcast_client" / "models.py"

OPTIONS = (
    "--input-file-type", "openapi",
    "--output-model-type", "pydantic_v2.BaseModel",
    "--target-python-version", "3.10",
    "--enum-field-as-literal", "all",
    "--formatters", "ruff-format",
    "--use-standard-collections",
    "--use-union-operator",
    "--use-annotated",
    "--use-schema-description",
    "--collapse-root-models",
    "--disable-timestamp",
    "--extra-fields", "ignore",
    "--custom-file-header", '"""Models of the API; written by `make client-models`."""',
)  # fmt: skip
"""Unknown fields are ignored, so that a client reads documents of a newer site."""


def without_titles(schema: Any) -> Any:
    """Return a schema without titles of its fields, which the generator would turn into classes."""
    if isinstance(schema, list):
        return [without_titles(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: without_titles(value)
        for key, value in schema.items()
        if not (key == "title" and isinstance(value, str))
    }


def main() -> None:
    """Write the models."""
    description = without_titles(json.load(sys.stdin))
    with TemporaryDirectory() as folder:
        source = Path(folder) / "openapi.json"
        source.write_text(json.dumps(description))
        generator = Path(sys.executable).with_name("datamodel-codegen")
        subprocess.run([generator, "--input", source, "--output", MODELS, *OPTIONS], check=True)  # noqa: S603


if __name__ == "__main__":
    main()
