"""Settings for files of one kind, saved under a name and used again."""

from collections.abc import Mapping
from typing import Any

from core.errors import InvalidInput
from ingestion.models import ImportMapping


def list_mappings() -> list[str]:
    """Return the names of the saved mappings."""
    return list(ImportMapping.objects.values_list("name", flat=True))


def save_mapping(name: str, words: Mapping[str, Any]) -> None:
    """Keep what was said about a file under a name; an earlier mapping of that name is replaced."""
    given = {key: str(value) for key, value in words.items() if value}
    ImportMapping.objects.update_or_create(name=name.strip(), defaults={"words": given})


def with_mapping(words: Mapping[str, Any], name: str | None) -> dict[str, Any]:
    """Return the words with those of a saved mapping where they say nothing; raises InvalidInput."""
    if not name:
        return dict(words)
    saved = ImportMapping.objects.filter(name=name).first()
    if saved is None:
        known = ", ".join(list_mappings()) or "none yet"
        raise InvalidInput(f"No mapping is saved as “{name[:60]}”. Saved are: {known}.", field="mapping")
    return {key: value or saved.words.get(key) for key, value in words.items()}
