"""Define published documents: one base class, one JSON spelling, one compressed form."""

from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from importlib.metadata import version
from typing import Annotated, Any, Self

import orjson
from isal import isal_zlib
from pydantic import BaseModel, ConfigDict, Field

GZIP = 31
"""The window and form that zlib's functions take for gzip."""
LEVEL = 1
"""Of compression: ten years take 1.1 ms for 152 KB; isal's 3 takes 1.4 for 150, zlib's 6 19.6 for 147."""


class Document(BaseModel):
    """A document, or a part of one: never changed, nothing unforeseen in it, and no NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False)


SchemaVersion = Annotated[
    int, Field(description="Version of that kind; a field is removed or changed in a new one only.")
]
KIND = Field(alias="schema", description="What kind of document this is.")
"""Of the first field of every document, a literal of its own."""


class DocumentLinks(Document):
    """URLs of the same result in the forms that every result has, relative to the site."""

    page: Annotated[str, Field(description="The page for people.")]
    json_: Annotated[str, Field(alias="json", description="The document as a file.")]
    pdf: Annotated[str, Field(description="The printed report.")]

    @classmethod
    def at(cls, url: str, **others: str) -> Self:
        """Return the forms of what is at `url`, and other forms by name."""
        return cls.model_validate({"page": f"{url}/", "json": f"{url}.json", "pdf": f"{url}.pdf", **others})


@dataclass(frozen=True, kw_only=True)
class SerializedDocument:
    """The published JSON of a document, plain or compressed: whichever is at hand.

    digest: SHA-256 of the JSON, hexadecimal; the entity tag is made of it.
    """

    digest: str
    plain: bytes | None = None
    stored: bytes | None = None

    @classmethod
    def of(cls, document: BaseModel) -> Self:
        """Return what is published of `document`."""
        return cls.of_json(document.model_dump(mode="json", by_alias=True))

    @classmethod
    def of_json(cls, value: Any) -> Self:
        """Return what is published of plain JSON values."""
        content = _spelled(value)
        return cls(digest=sha256(content).hexdigest(), plain=content)

    @cached_property
    def json(self) -> bytes:
        """The JSON."""
        return self.plain if self.plain is not None else isal_zlib.decompress(self.stored or b"", GZIP)

    @cached_property
    def compressed(self) -> bytes:
        """The JSON compressed with gzip: equal JSON, equal bytes."""
        return self.stored if self.stored is not None else isal_zlib.compress(self.json, LEVEL, GZIP)


def published_json(document: BaseModel) -> bytes:
    """Return the document as JSON: keys sorted, dates ISO 8601, never NaN; equal documents, equal bytes."""
    return _spelled(document.model_dump(mode="json", by_alias=True))


@cache
def library_version(name: str) -> str:
    """Return the version of an installed library; asking the installation takes milliseconds each time."""
    return version(name)


def _spelled(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)
