"""Hold a stored result: its published JSON and its document, each read when first needed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel

from core.documents import SerializedDocument


@dataclass(frozen=True, kw_only=True)
class StoredResult[Form: BaseModel]:
    """A stored result.

    is_new: whether this request computed it.
    load: reads what is published. parse: makes the document of that; raises NotFound for one in the form of
        an earlier version.
    """

    id: str
    is_new: bool
    load: Callable[[], SerializedDocument]
    parse: Callable[[SerializedDocument], Form]

    @classmethod
    def of(
        cls, result_id: str, document: Form, *, is_new: bool, published: SerializedDocument | None = None
    ) -> "StoredResult[Form]":
        """Return a result whose document is at hand."""
        return cls(
            id=result_id,
            is_new=is_new,
            load=lambda: published or SerializedDocument.of(document),
            parse=lambda _: document,
        )

    @cached_property
    def published(self) -> SerializedDocument:
        """What is published of it."""
        return self.load()

    @cached_property
    def document(self) -> Form:
        """Its document."""
        return self.parse(self.published)
