"""Old and new side by side: what a request would change, in the words of its page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext as _

from app.domain.people import ACTING_NAMES, STATE_NAMES, Acting, State
from app.domain.requests import DELIVERY_NAMES, Delivery, Kind
from app.domain.roles import RIGHT_NAMES, ROLE_NAMES, Right, Role
from app.web.words import NAMES, text

#: What becomes of a person's state by a request of each kind.
_STATES: Final = {
    Kind.SUSPEND_PERSON: State.SUSPENDED,
    Kind.RESTORE_PERSON: State.ACTIVE,
    Kind.DEACTIVATE_PERSON: State.DEACTIVATED,
}
#: What becomes of the right on one account.
_ACTING: Final = {
    Kind.SUSPEND_REPRESENTATIVE: Acting.SUSPENDED,
    Kind.RESTORE_REPRESENTATIVE: Acting.ACTIVE,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One item: its name, what is recorded, and what is asked for; empty means nothing.

    Args:
        language: in which the values are, if they are not wording of the page.
    """

    label: str
    old: str
    new: str
    language: str = ""


def compared(kind: Kind, facts: Mapping[str, Any], before: Mapping[str, Any]) -> list[Line]:
    """Return what a request would change, item by item."""
    lines = [
        Line(label, _said(name, before.get(name)), _said(name, facts[name]), _spoken(name, facts))
        for name, label in _labels().items()
        if name in facts
    ]
    if kind is Kind.REMOVE_REPRESENTATIVE:
        lines.append(Line(_("Right"), _said("right", before.get("right")), _("none")))
    if kind in _ACTING:
        lines.append(_line("acting", _("State on the account"), before, _ACTING[kind]))
    if kind in _STATES:
        lines.append(_line("state", _("State"), before, _STATES[kind]))
    if kind is Kind.REISSUE_LOGIN_ID:
        lines.append(Line(_("Login ID"), before.get("login_id", ""), _("a new one")))
    if kind in {Kind.REISSUE_LOGIN_ID, Kind.INITIALISE_PASSWORD, Kind.REPLACE_SECOND_FACTOR}:
        lines.append(Line(_("Password"), _("the present one"), _("the person chooses a new one")))
    if kind is Kind.REPLACE_SECOND_FACTOR:
        lines.append(
            Line(_("Second factor"), _("the present ones"), _("the person sets up a new one"))
        )
    return lines


def _line(name: str, label: str, before: Mapping[str, Any], after: str) -> Line:
    return Line(label, _said(name, before.get(name)), _said(name, after))


def _spoken(name: str, facts: Mapping[str, Any]) -> str:
    if name == "language":
        return str(facts[name])
    return name.removeprefix("name_") if name.startswith("name_") else ""


def _labels() -> dict[str, str]:
    return {
        "name_en": _("Name in English"),
        "name_ja": _("Name in Japanese"),
        "email": _("Mail address"),
        "language": _("Language"),
        "role": _("Role"),
        "right": _("Right"),
        "delivery": _("Delivery"),
    }


def _said(name: str, value: Any) -> str:
    """Return a value in words; nothing for what is not recorded."""
    if value is None:
        return _("none") if name == "role" else ""
    said = _SAID.get(name)
    return said(value) if said else str(value)


_SAID: Final[dict[str, Callable[[Any], str]]] = {
    "language": lambda value: NAMES[value],
    "role": lambda value: text(ROLE_NAMES[Role(value)]),
    "right": lambda value: text(RIGHT_NAMES[Right(value)]),
    "acting": lambda value: text(ACTING_NAMES[Acting(value)]),
    "state": lambda value: text(STATE_NAMES[State(value)]),
    "delivery": lambda value: text(DELIVERY_NAMES[Delivery(value)]),
}
