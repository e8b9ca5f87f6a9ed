"""The list of transactions as CSV: the rows on the screen with its filters, all pages of them."""

from collections.abc import Iterable
from typing import Final

from flask import Blueprint, Response

from app.domain.accounts import Kind as AccountKind
from app.domain.errors import NotFound
from app.domain.exchange import STATUS_NAMES as STATUSES_ABROAD
from app.domain.ledger import KIND_NAMES, STATUS_NAMES
from app.store import transactions as questions
from app.store.databases import AnyRow
from app.web import entries, lists, words
from app.web.access import requires
from app.web.pages import local_time
from app.web.sessions import reading
from app.web.transactions import Asked, filtered, printed

blueprint = Blueprint("transaction_files", __name__, url_prefix="/portal")

COLUMNS: Final = (
    "transaction",
    "type",
    "type_name",
    "quantity",
    "from",
    "to",
    "status",
    "status_name",
    "proposed_at",
    "crossing",
    "crossing_name",
)


@blueprint.get("/transactions.csv")
@requires()
def table() -> Response:
    errors: dict[str, str] = {}
    wanted, _persons = filtered(reading(), lists.typed(Asked), errors)
    if errors:
        raise NotFound("transactions")
    return entries.table("transactions.csv", COLUMNS, questions.find, wanted, _line)


def _line(row: AnyRow) -> Iterable[str]:
    return (
        printed(row.id),
        row.kind.value,
        words.text(KIND_NAMES[row.kind]),
        str(row.quantity),
        (_there(row, row.source_kind) or row.source or ""),
        (_there(row, row.target_kind) or row.target),
        row.status.value,
        words.text(STATUS_NAMES[row.status]),
        local_time(row.proposed_at).isoformat(timespec="seconds"),
        (row.crossing_status or ""),
        words.text(STATUSES_ABROAD[row.crossing_status]) if row.crossing_status else "",
    )


def _there(row: AnyRow, kind: AccountKind | None) -> str:
    """Return the account in another registry, for the side that is there."""
    return row.their_account or "" if kind is AccountKind.EXTERNAL else ""
