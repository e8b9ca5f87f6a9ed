"""What an authorization says, element by element, in the words of pages."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from flask_babel import gettext as _

from app.domain.authorization_elements import Elements
from app.domain.nomenclature import NAMES, SECTORS, Metric
from app.domain.text import Text
from app.web import words
from app.web.pages import day, number

BLANKET: Final = Text(
    "All approaches (blanket authorization)", "すべての協力的アプローチ（包括承認）"
)
_SECTOR_NAMES: Final = {sector.en: sector for sector in SECTORS}


class Said(NamedTuple):
    """One element: its letter in paragraph 5, what it is called, and what is said line by line."""

    letter: str
    label: str
    lines: tuple[str, ...]
    #: The language of what was typed or is always English; empty for words of the page.
    lang: str = ""


class Changed(NamedTuple):
    """An element that a version says otherwise than the one before."""

    label: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """What belongs to the whole authorization: its approach and what that defined."""

    approach: str
    definition: Any = None


def elements(said: Elements, frame: Frame) -> list[Said]:
    """Return the fourteen elements of decision 4/CMA.6, paragraph 5, in their order."""
    definition = said.definition or frame.definition
    rows = [
        ("a", _("Cooperative approach"), frame.approach),
        ("b", _("Parties"), " ".join(said.parties) or _("Any Party")),
        ("c", _("Date of the authorization"), day(said.authorized_on)),
        ("c", _("In force from"), day(said.effective_on)),
        ("c", _("Years of the authorization"), _span(said.timeframe_first, said.timeframe_last)),
        ("c", _("Last day of issuance"), _day(said.issuance_until)),
        ("c", _("Last day of use"), _day(said.use_until)),
        ("c", _("Last day of cancellation"), _day(said.cancellation_until)),
        (
            "d",
            _("First transfer for other international mitigation purposes"),
            words.text(NAMES[definition]) if definition else _("Not specified"),
        ),
        ("e", _("Purposes"), words.text(NAMES[said.purpose])),
        ("e", _("Which other international mitigation purposes"), said.oimp or _("None")),
        ("f", _("Underlying rules, standards and methodologies"), said.rules),
        ("g", _("Terms, and how they change"), said.terms),
        ("g", _("What was first transferred before"), _reach(said)),
        ("h", _("Largest quantity"), _quantity(said)),
        ("i", _("Registry that the Party uses"), said.party_registry),
        ("j", _("Registry beneath"), said.underlying_registry),
        ("k", _("Vintages"), _span(said.vintage_first, said.vintage_last)),
        ("l", _("Metric"), said.non_ghg_metric or words.text(NAMES[said.metric])),
        ("l", _("Gases"), said.gases),
        ("l", _("Global warming potentials"), said.gwp or ""),
        ("m", _("Sectors"), "\n".join(sector(one) for one in said.sectors)),
        ("n", _("Activity types"), "\n".join(said.activities) or _("All")),
        ("n", _("Projects"), " ".join(said.projects) or _("All")),
        ("", _("Further explanation"), said.note),
        ("", _("Confidential"), said.confidential_basis or _("No")),
    ]
    typed = {text for text in _typed(said) if text}
    english = {"\n".join(said.activities)} - {""}
    return [
        Said(
            letter,
            label,
            tuple(text.splitlines()) or (_("Not specified"),),
            "und" if text in typed else "en" if text in english else "",
        )
        for letter, label, text in rows
    ]


def changed(before: Elements, after: Elements, frame: Frame) -> list[Changed]:
    """Return which elements a version says otherwise, and both wordings."""
    pairs = zip(elements(before, frame), elements(after, frame), strict=True)
    found = [
        Changed(old.label, old.lines, new.lines, old.lang or new.lang)
        for old, new in pairs
        if old.lines != new.lines
    ]
    if before.entities != after.entities:
        found.append(Changed(_("Entities"), _entities(before), _entities(after), "und"))
    return found


def sector(name: str) -> str:
    """Return what a sector is called in the language of the page."""
    found = _SECTOR_NAMES.get(name)
    return words.text(found) if found else name


def approach(row: Any) -> str:
    """Return an approach with its code and partner; without one it is all of them."""
    if row.code is None:
        return words.text(BLANKET)
    partner = row.partner_ja if words.language() == "ja" else row.partner_en
    return f"{row.code} ({partner})"


def years(row: Any) -> str:
    """Return the vintages of a row of a list."""
    return _span(row.vintage_first, row.vintage_last)


def _typed(said: Elements) -> tuple[str | None, ...]:
    """Return what people typed, in whatever language that is."""
    lines = (said.oimp, said.non_ghg_metric, said.gwp, said.gases, said.confidential_basis)
    return (*lines, said.rules, said.terms, said.note)


def _day(value: date | None) -> str:
    return day(value) if value else str(_("No last day"))


def _span(first: int | None, last: int | None) -> str:
    if first is None and last is None:
        return str(_("Not limited"))
    if first is None:
        return str(_("until %(year)s", year=last))
    if last is None:
        return str(_("from %(year)s", year=first))
    return str(first) if first == last else f"{first}–{last}"


def _quantity(said: Elements) -> str:
    if said.quantity is None:
        return str(_("No limit"))
    unit = "tCO₂" if said.metric is Metric.GHG else (said.non_ghg_metric or "")
    return f"{number(said.quantity)} {unit}".strip()


def _reach(said: Elements) -> str:
    if said.reaches_first_transferred:
        return str(_("Changes reach it, as these terms say"))
    return str(_("Changes and revocation never reach it"))


def _entities(said: Elements) -> tuple[str, ...]:
    return tuple(f"{one.name} ({one.country} {one.number})" for one in said.entities) or (
        _("None"),
    )
