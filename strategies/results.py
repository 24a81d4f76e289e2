"""Find, read and store the results of backtests and sweeps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection
from django.db.models import Manager
from psycopg import sql
from pydantic import ValidationError

from core.document_ids import is_document_id
from core.documents import SerializedDocument
from core.errors import NotFound
from core.results import ResultKind, announce_result
from core.stored_result import StoredResult
from ingestion.schemas import ResultDocument
from strategies.engine import ENGINE_VERSION

INSERT = sql.SQL("INSERT INTO {table} ({columns}) VALUES ({values}) ON CONFLICT (id) DO NOTHING")
"""One statement that tells whether it stored; get_or_create takes five and a transaction."""


@dataclass(frozen=True, kw_only=True)
class ResultStore[Form: ResultDocument[Any]]:
    """Find, read and store the results of one kind.

    rows: of their table, a kind of ResultRecord.
    page: the name of the page that makes them.
    """

    rows: Manager[Any]
    document: type[Form]
    kind: ResultKind
    page: str

    def get(self, result_id: str) -> StoredResult[Form] | None:
        """Return the result with this id; None where there is none."""
        row = self._row(result_id, "digest", "document")
        return None if row is None else self._result(result_id, row)

    def get_lazily(self, result_id: str) -> StoredResult[Form] | None:
        """Do as `get`, but read what is stored only when it is needed, which takes a query more."""
        if not self.rows.filter(pk=result_id).exists():
            return None
        return StoredResult(
            id=result_id, is_new=False, load=lambda: self.find(result_id).published, parse=self.read
        )

    def find(self, result_id: str) -> StoredResult[Form]:
        """Return the result with this id; raises NotFound."""
        result = self.get(result_id)
        if result is None:
            raise self._missing()
        return result

    def find_digest(self, result_id: str) -> str:
        """Return the digest of what is published of the result with this id; raises NotFound."""
        digest = self._row(result_id, "digest")
        if digest is None:
            raise self._missing()
        return str(digest[0])

    def find_documents(self, result_ids: Sequence[str]) -> list[Form]:
        """Return the documents with these ids, in their order, read at once; raises NotFound."""
        known = [result_id for result_id in result_ids if is_document_id(result_id)]
        rows = self.rows.filter(pk__in=known).values_list("pk", "digest", "document")
        stored = {pk: SerializedDocument(digest=digest, stored=bytes(packed)) for pk, digest, packed in rows}
        if not stored.keys() >= set(result_ids):
            raise self._missing()
        return [self.read(stored[result_id]) for result_id in result_ids]

    def read(self, published: SerializedDocument) -> Form:
        """Return the document that was published; raises NotFound for a form of an earlier version."""
        try:
            return self.document.model_validate_json(published.json)
        except ValidationError:
            raise NotFound(
                f"This {self.kind} was stored by an earlier version of Hindcast, in a form that is no longer "
                "shown. The API still hands out its JSON. Run the same request again on the "
                f"{self.page} page to see it."
            ) from None

    def store(self, document: Form, *, owner: AbstractBaseUser | None, **others: Any) -> StoredResult[Form]:
        """Store `document`, unless another process was faster: then its document is the result.

        owner: who asks. others: columns that this kind has beside those of every kind.
        """
        published = SerializedDocument.of(document)
        row = self._columns(document, published) | {"owner_id": owner.pk if owner else None} | others
        with connection.cursor() as cursor:
            cursor.execute(self._insert(list(row)), row)
            is_new = cursor.rowcount == 1
        if not is_new:
            return self.find(document.id)
        return StoredResult.of(document.id, document, is_new=True, published=published)

    def announce(self, result: StoredResult[Form], owner: AbstractBaseUser | None) -> StoredResult[Form]:
        """Tell the history who obtained a result, unless it is an old one that nobody asked for by name."""
        if owner is not None or result.is_new:
            document = result.document if result.is_new else None
            announce_result(self.kind, result.id, owner=owner, document=document)
        return result

    def _columns(self, document: Form, published: SerializedDocument) -> dict[str, Any]:
        return {
            "id": document.id,
            "symbol": document.parameters.symbol,
            "parameters": document.parameters.model_dump_json(),
            "document": published.compressed,
            "digest": published.digest,
            "data_sha256": document.data.sha256,
            "engine_version": ENGINE_VERSION,
            "summary": document.summary,
        }

    def _insert(self, columns: list[str]) -> sql.Composed:
        return INSERT.format(
            table=sql.Identifier(self.rows.model._meta.db_table),  # noqa: SLF001 - a documented name
            columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
            values=sql.SQL(", ").join(map(sql.Placeholder, columns)),
        )

    def _result(self, result_id: str, row: tuple[Any, ...]) -> StoredResult[Form]:
        published = SerializedDocument(digest=row[0], stored=bytes(row[1]))
        return StoredResult(id=result_id, is_new=False, load=lambda: published, parse=self.read)

    def _row(self, result_id: str, *columns: str) -> tuple[Any, ...] | None:
        if not is_document_id(result_id):
            return None
        return self.rows.filter(pk=result_id).values_list(*columns).first()

    def _missing(self) -> NotFound:
        return NotFound(
            f"There is no {self.kind} with this id. Run it again on the {self.page} page: the same request "
            "on the same data gets the same URL."
        )
