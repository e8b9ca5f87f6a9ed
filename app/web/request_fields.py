"""A form for a request about people: its fields, what was typed in them, and how that is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from uuid import uuid4

from app.domain.accounts import parse_number
from app.domain.chain import Value
from app.domain.errors import Refusal, Required, TooLong, UnknownChoice
from app.domain.requests import Asked, Delivery, Kind
from app.domain.roles import Right, Role
from app.domain.text import normalise
from app.registry import people
from app.registry.requests import TEXT_MAX
from app.store.tables import User
from app.web.messages import sentence
from app.web.words import LANGUAGES

Word = TypeVar("Word")


@dataclass(frozen=True)
class Form:
    """What is asked for one kind of request, in the order of the page."""

    kind: Kind
    fields: tuple[str, ...]

    @property
    def is_about_somebody(self) -> bool:
        """Tell whether it is about a person who is there already, and was chosen before."""
        return "person" in self.fields


_WHO: Final = ("name_en", "name_ja", "email", "language")
_ON_ACCOUNT: Final = ("person", "account", "comment")
_ABOUT: Final = ("person", "comment")
_DELIVERED: Final = ("person", "delivery", "comment")
#: What each kind of request asks for.
_FIELDS: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.ADD_REPRESENTATIVE: ("account", "right", "login_id", *_WHO, "delivery", "comment"),
    Kind.CHANGE_RIGHT: ("person", "account", "right", "comment"),
    Kind.SUSPEND_REPRESENTATIVE: _ON_ACCOUNT,
    Kind.RESTORE_REPRESENTATIVE: _ON_ACCOUNT,
    Kind.REMOVE_REPRESENTATIVE: _ON_ACCOUNT,
    Kind.ISSUE_LOGIN_ID: (*_WHO, "role", "delivery", "comment"),
    Kind.CHANGE_ROLE: ("person", "role", "comment"),
    Kind.CHANGE_DETAILS: ("person", "name_en", "name_ja", "email", "comment"),
    Kind.REISSUE_LOGIN_ID: _DELIVERED,
    Kind.INITIALISE_PASSWORD: _DELIVERED,
    Kind.REPLACE_SECOND_FACTOR: _DELIVERED,
    Kind.SUSPEND_PERSON: _ABOUT,
    Kind.RESTORE_PERSON: _ABOUT,
    Kind.DEACTIVATE_PERSON: _ABOUT,
}
#: Each form by the word in its address.
FORMS: Final = {
    kind.value.replace("_", "-"): Form(kind, fields) for kind, fields in _FIELDS.items()
}
WORDS: Final = {form.kind: word for word, form in FORMS.items()}

_PARSED: Final[Mapping[str, Callable[[str], Any]]] = {
    "right": lambda text: _chosen(Right, text),
    "role": lambda text: _chosen(Role, text),
    "delivery": lambda text: _chosen(Delivery, text),
    "account": lambda text: str(parse_number(text)),
}
_CHECKED: Final[Mapping[str, Callable[[str], object]]] = {
    "name_en": lambda text: people.named(text, "name_en"),
    "name_ja": lambda text: people.named(text, "name_ja"),
    "email": people.checked_email,
}
_LINE_MAX: Final = 300
_QUOTED_MAX: Final = 40


@dataclass
class Typed:
    """A form as it came: every field as typed, the key made with it, and what is wrong."""

    form: Form
    values: dict[str, str]
    key: str
    refusals: dict[str, Refusal] = field(default_factory=dict)

    @classmethod
    def of(cls, form: Form, given: Mapping[str, str]) -> "Typed":
        # PostgreSQL keeps no NUL, and nobody can type one.
        values = {name: given.get(name, "").replace("\0", "") for name in form.fields}
        key = given.get("key", "").replace("\0", "") or uuid4().hex
        return cls(form, values, key)

    @property
    def of_new_person(self) -> bool:
        """Tell whether it is about somebody who has no login ID yet."""
        return "name_en" in self.form.fields and not (
            self.form.is_about_somebody or self.values.get("login_id", "").strip()
        )

    def refuse(self, name: str, refusal: Refusal) -> None:
        """Note a refusal at a field of this form, or over the whole form if it has no such one."""
        # The person and the account of a form opened from a person's page are not typed.
        shown = name in self.form.fields and name != "person"
        if name == "account" and self.form.is_about_somebody:
            shown = False
        refusal.field = name if shown else ""
        self.refusals.setdefault(refusal.field, refusal)

    def errors(self) -> dict[str, str]:
        """Return what is wrong in words, in the order of the fields."""
        order = ("", *self.form.fields)
        return {name: sentence(self.refusals[name]) for name in order if name in self.refusals}

    def signed(self) -> dict[str, Value]:
        """Return what the signature of a request covers: every field, and the key."""
        values: dict[str, Value] = {**self.values}
        return {"kind": str(self.form.kind), "values": values, "key": self.key}


def asked(typed: Typed, person: User | None) -> Asked | None:
    """Read every field, so that all that is wrong with them is said at once."""
    values, fields = typed.values, typed.form.fields
    read = {name: _read(typed, name, parse) for name, parse in _PARSED.items()}
    read["language"] = _read(typed, "language", _language)
    needed = _needed(typed)
    for name in needed & read.keys():
        if not values[name].strip():
            typed.refuse(name, Required())
    for name, check in _CHECKED.items():
        if name in needed or (typed.of_new_person and values[name].strip()):
            _checked(typed, name, check)
    if len(normalise(values["comment"])) > TEXT_MAX:
        typed.refuse("comment", TooLong(TEXT_MAX))
    if typed.refusals:
        return None
    given: dict[str, Any] = {
        name: values[name] for name in (*_CHECKED, "login_id") if name in fields
    }
    given |= {name: value for name, value in read.items() if value is not None}
    if person is not None:
        given["login_id"] = person.login_id
    return Asked(typed.form.kind, comment=values["comment"], **given)


def _needed(typed: Typed) -> set[str]:
    """Return the fields that may not stay empty."""
    found = set(typed.form.fields) & {"right", "account", "delivery", "language"}
    if typed.form.kind is Kind.ADD_REPRESENTATIVE and not typed.of_new_person:
        found -= {"delivery", "language"}
    if typed.of_new_person:
        found |= {"name_en", "email"}
    if typed.form.kind is Kind.CHANGE_DETAILS:
        found |= {"name_en", "name_ja", "email"}
    return found


def _read(typed: Typed, name: str, parse: Callable[[str], Any]) -> Any:
    """Return a field understood; None when it is empty, wrong and so noted, or not of the form."""
    text = typed.values.get(name, "").strip()
    if not text:
        return None
    try:
        if len(text) > _LINE_MAX:
            raise TooLong(_LINE_MAX)
        return parse(text)
    except Refusal as refusal:
        typed.refuse(name, refusal)
        return None


def _checked(typed: Typed, name: str, check: Callable[[str], object]) -> None:
    try:
        check(typed.values[name])
    except Refusal as refusal:
        typed.refuse(name, refusal)


def _chosen(words: Callable[[str], Word], text: str) -> Word:
    try:
        return words(text)
    except ValueError as error:
        raise UnknownChoice(text[:_QUOTED_MAX]) from error


def _language(text: str) -> str:
    if text not in LANGUAGES:
        raise UnknownChoice(text[:_QUOTED_MAX])
    return text
