"""A form for a movement of credits: its fields, what was typed in them, and how that is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final
from uuid import uuid4

from app.domain import bands, ledger, roles, serials
from app.domain.accounts import parse_number
from app.domain.errors import (
    MalformedSerial,
    NothingChosen,
    Refusal,
    Required,
    TooLong,
    UnknownChoice,
    UnknownProject,
)
from app.domain.ledger import Kind
from app.domain.nomenclature import CancelledFor
from app.domain.projects import REFERENCE
from app.domain.serials import Range, Serial
from app.domain.text import normalise, numerals
from app.registry.transactions import TEXT_MAX, Order
from app.web.messages import sentence


@dataclass(frozen=True)
class Form:
    """What is asked for one kind of movement, in the order of the page."""

    kind: Kind
    fields: tuple[str, ...]

    @property
    def is_holders(self) -> bool:
        """Tell whether holders propose it, for their own accounts."""
        return self.kind in roles.HOLDERS_KINDS


_WHICH: Final = ("quantity", "project", "vintage", "serials")
#: Each form by the word in its address.
FORMS: Final = {
    "transfers": Form(Kind.TRANSFER, ("source", "target", *_WHICH, "remark")),
    "retirements": Form(Kind.RETIREMENT, ("source", *_WHICH, "calendar_year", "remark")),
    "voluntary-cancellations": Form(
        Kind.VOLUNTARY_CANCELLATION,
        ("source", *_WHICH, "cancelled_for", "purpose", "beneficiary", "remark"),
    ),
    "mandatory-cancellations": Form(
        Kind.MANDATORY_CANCELLATION, ("source", *_WHICH, "cancelled_for", "reference", "remark")
    ),
    "issuances": Form(Kind.ISSUANCE, ("decision", "allocation", "quantity")),
}

LINE_MAX: Final = 100
_SERIALS_MAX: Final = 200_000
_QUOTED_MAX: Final = 40
_LONG: Final = frozenset({"purpose", "beneficiary", "reference", "remark"})


@dataclass
class Typed:
    """A form as it came: every field as typed, the key made with it, and what is wrong."""

    form: Form
    values: dict[str, str]
    key: str
    #: The digest of the serial numbers that the check page showed.
    shown: str = ""
    refusals: dict[str, Refusal] = field(default_factory=dict)

    @classmethod
    def of(cls, form: Form, given: Mapping[str, str]) -> "Typed":
        # PostgreSQL keeps no NUL, and nobody can type one.
        values = {name: given.get(name, "").replace("\0", "") for name in form.fields}
        key = given.get("key", "").replace("\0", "") or uuid4().hex
        return cls(form, values, key, given.get("shown", ""))

    def read(self, name: str, parse: Callable[[str], Any]) -> Any:
        """Return a field understood; None when empty, or wrong and so noted."""
        typed = self.values.get(name, "")
        if not typed.strip():
            return None
        try:
            length = _SERIALS_MAX if name == "serials" else LINE_MAX
            if len(typed) > length:
                raise TooLong(length)
            return parse(typed)
        except Refusal as refusal:
            self.refuse(name, refusal)
            return None

    def refuse(self, name: str, refusal: Refusal) -> None:
        """Note a refusal at a field of this form, or over the whole form if it has no such one."""
        known = name in self.form.fields
        refusal.field = name if known else ""
        self.refusals.setdefault(refusal.field, refusal)

    def errors(self) -> dict[str, str]:
        """Return what is wrong in words, in the order of the fields."""
        order = ("", *self.form.fields)
        return {name: sentence(self.refusals[name]) for name in order if name in self.refusals}


def order(typed: Typed, own: str) -> Order:
    """Read every field, so that all that is wrong with them is said at once.

    Args:
        own: the code of this registry.
    """
    for name in ("source", "target"):
        if name in typed.form.fields and not typed.values[name].strip():
            typed.refuse(name, Required())
    quantity = typed.read("quantity", ledger.quantity)
    chosen = typed.read("serials", partial(_serials, own=own)) or ()
    if not chosen and quantity is None and not {"quantity", "serials"} & set(typed.refusals):
        typed.refuse("quantity", NothingChosen())
    source = typed.read("source", _source(typed.form)) or ""
    target = typed.read("target", lambda text: str(parse_number(text))) or ""
    return Order(
        kind=movement(typed, own),
        source=source,
        target=target,
        quantity=quantity,
        serials=chosen,
        project=typed.read("project", _project),
        vintage=typed.read("vintage", _vintage),
        calendar_year=typed.read("calendar_year", _vintage),
        cancelled_for=typed.read("cancelled_for", _serving),
        **_texts(typed),
    )


def movement(typed: Typed, own: str) -> Kind:
    """Return the kind of movement that is meant: an account elsewhere makes a transfer another."""
    if typed.form.kind is not Kind.TRANSFER:
        return typed.form.kind
    try:
        code = parse_number(typed.values["target"]).registry
    except Refusal:
        return Kind.TRANSFER
    return Kind.TRANSFER if code == own else Kind.EXTERNAL_TRANSFER


def _source(form: Form) -> Callable[[str], str]:
    def parse(text: str) -> str:
        try:
            return str(parse_number(text))
        except Refusal as refusal:
            # Holders choose from a list; administrators type the number.
            raise UnknownChoice(text[:_QUOTED_MAX]) if form.is_holders else refusal from refusal

    return parse


def _serials(text: str, own: str) -> tuple[Serial | Range, ...]:
    try:
        found = tuple(bands.read_list(text, own=own))
        serials.distinct([bands.place(one, own=own) for one in found])
    except MalformedSerial as refusal:
        if len(refusal.text) > _QUOTED_MAX:
            refusal.text = f"{refusal.text[:_QUOTED_MAX]}…"
        raise
    return found


def _project(text: str) -> str:
    reference = normalise(text).upper()
    if not REFERENCE.fullmatch(reference):
        raise UnknownProject(reference[:_QUOTED_MAX])
    return reference


def _vintage(text: str) -> int:
    year = numerals(text)
    if not (year.isascii() and year.isdecimal() and len(year) == len("2021")):
        raise UnknownChoice(year[:_QUOTED_MAX])
    return int(year)


def _serving(text: str) -> CancelledFor:
    try:
        return CancelledFor(text)
    except ValueError:
        raise UnknownChoice(text[:_QUOTED_MAX]) from None


def _texts(typed: Typed) -> dict[str, Any]:
    texts = {name: typed.values[name].strip() for name in typed.form.fields if name in _LONG}
    for name, text in texts.items():
        if len(text) > TEXT_MAX:
            typed.refuse(name, TooLong(TEXT_MAX))
        if not text and name != "remark":
            typed.refuse(name, Required())
    return texts


def issue(typed: Typed) -> tuple[int, int]:
    """Read which allocation is to be issued, and how much of it."""
    allocation = typed.read("allocation", _allocation)
    if allocation is None and "allocation" not in typed.refusals:
        typed.refuse("allocation", Required())
    quantity = typed.read("quantity", ledger.quantity)
    if quantity is None and "quantity" not in typed.refusals:
        typed.refuse("quantity", Required())
    return allocation or 0, quantity or 0


def _allocation(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < len(str(serials.SERIAL_MAX))):
        raise UnknownChoice(text[:_QUOTED_MAX])
    return int(text)
