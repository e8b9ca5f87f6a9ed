"""The form of an authorization: what was typed in it, and how that is read."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any, Final, TypeVar
from uuid import uuid4

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.domain import authorization_elements as rules
from app.domain import ledger
from app.domain.article6_errors import NotAYear
from app.domain.authorization_elements import ENTITIES_MAX, Elements, Entity
from app.domain.errors import Refusal, Required, UnknownChoice
from app.domain.nomenclature import (
    ACTIVITIES,
    NAMES,
    SECTORS,
    UNDERLYING_REGISTRIES,
    Definition,
    Metric,
    Purpose,
)
from app.domain.text import normalise, numerals
from app.registry.authorizations import Named
from app.web import dates, words
from app.web.messages import sentence

_DAYS: Final = ("authorized_on", "effective_on")
_LAST_DAYS: Final = ("issuance_until", "use_until", "cancellation_until")
_YEARS: Final = ("timeframe_first", "timeframe_last", "vintage_first", "vintage_last")
_LINES: Final = ("oimp", "non_ghg_metric", "gwp", "gases", "confidential_basis")
_CODES: Final = ("parties", "projects", "party_registry", "underlying_registry")
_TEXTS: Final = ("rules", "terms", "note")
_TICKED: Final = ("reaches_first_transferred", "is_confidential")
_CHOSEN: Final = ("purpose", "definition", "metric")
_NAMED: Final = ("identifier", "approach", "is_official")
FIELDS: Final = (
    *_NAMED,
    *_DAYS,
    *_CHOSEN,
    *("parties", "quantity"),
    *_YEARS,
    *_LAST_DAYS,
    *_LINES,
    *("projects", "party_registry", "underlying_registry"),
    *_TEXTS,
    *_TICKED,
)
ENTITY: Final = tuple(one.name for one in fields(Entity))
#: Empty places for entities that the form begins with, and that come on asking for more.
_PLACES: Final = 2
_MORE: Final = 3
_YEAR: Final = re.compile(r"[12][0-9]{3}")
_ISO: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|")
#: More than anybody means to type; what is longer than the rules allow is still shown again.
_TYPED_MAX: Final = 20_000
_SAID_MAX: Final = 40

Word = TypeVar("Word", bound=StrEnum)


def choices(approaches: Mapping[str, str]) -> dict[str, Mapping[str, str]]:
    """Return what each field of the form offers, in words."""
    return {
        "approach": approaches,
        "purpose": _named(Purpose),
        "definition": _named(Definition),
        "metric": _named(Metric),
        "underlying_registry": {one: one for one in UNDERLYING_REGISTRIES},
        "sectors": {sector.en: words.text(sector) for sector in SECTORS},
        "activities": {one: one for one in ACTIVITIES},
    }


def _named(members: type[StrEnum]) -> dict[str, str]:
    return {one.value: words.text(NAMES[one]) for one in members}


@dataclass
class Typed:
    """The form as typed, what could be read of it, and what was wrong with it, field by field."""

    values: dict[str, str]
    sectors: list[str]
    activities: list[str]
    entities: list[dict[str, str]]
    key: str
    #: The version on which a change was begun; 0 for a new authorization.
    seen: int = 0
    refusals: dict[str, Refusal] = field(default_factory=dict)

    @classmethod
    def of(cls, given: "MultiDict[str, str]") -> "Typed":
        def said(name: str) -> str:
            return given.get(name, "").replace("\0", "")[:_TYPED_MAX].replace("\r\n", "\n")

        count = min(_whole(said("entities")), ENTITIES_MAX + 1)
        entities = [
            {name: said(f"entity_{place}_{name}") for name in ENTITY}
            for place in range(1, count + 1)
        ]
        return cls(
            values={name: said(name) for name in FIELDS},
            sectors=[one[:_TYPED_MAX] for one in given.getlist("sectors")],
            activities=[one[:_TYPED_MAX] for one in given.getlist("activities")],
            entities=entities,
            key=said("key")[:_SAID_MAX] or uuid4().hex,
            seen=_whole(said("seen")),
        )

    @classmethod
    def empty(cls) -> "Typed":
        """Return the form of a new authorization."""
        values = dict.fromkeys(FIELDS, "") | {"metric": Metric.GHG.value}
        return cls(values, [], [], _places([]), uuid4().hex)

    @classmethod
    def again(cls, said: Elements, seen: int = 0) -> "Typed":
        """Return the form with what a version says; when a change was decided is asked anew."""
        values = dict.fromkeys(FIELDS, "")
        for name in (*_CHOSEN, *_LAST_DAYS, *_YEARS, *_LINES, *_TEXTS, "quantity"):
            values[name] = _printed(getattr(said, name))
        for name in ("parties", "projects"):
            values[name] = " ".join(getattr(said, name))
        for name in ("party_registry", "underlying_registry"):
            values[name] = getattr(said, name)
        for name in _TICKED:
            values[name] = "yes" if getattr(said, name) else ""
        entities = [{name: getattr(one, name) for name in ENTITY} for one in said.entities]
        return cls(
            values,
            list(said.sectors),
            list(said.activities),
            _places(entities),
            uuid4().hex,
            seen,
        )

    def named(self) -> Named:
        """Return what the authorization is called, as typed."""
        return Named(
            self.values["identifier"],
            normalise(self.values["approach"]),
            self.values["is_official"] == "yes",
        )

    def read(self) -> Elements | None:
        """Read every field; what is wrong is noted, and then there are no elements."""
        days = {name: self._try(partial(self._day, name, needed=True)) for name in _DAYS}
        lasts = {name: self._try(partial(self._day, name)) for name in _LAST_DAYS}
        years = {name: self._try(partial(self._year, name)) for name in _YEARS}
        purpose = self._try(partial(self._word, "purpose", Purpose, needed=True))
        metric = self._try(partial(self._word, "metric", Metric, needed=True))
        definition = self._try(partial(self._word, "definition", Definition))
        quantity = self._try(self._quantity)
        if self.refusals:
            return None
        lines = {name: normalise(self.values[name]) or None for name in _LINES}
        said: dict[str, Any] = {**days, **lasts, **years, **lines, "gases": lines["gases"] or ""}
        said |= {name: self.values[name].strip() for name in _TEXTS}
        said |= {name: self.values[name] == "yes" for name in _TICKED}
        return Elements(
            **said,
            purpose=purpose,
            metric=metric,
            definition=definition,
            quantity=quantity,
            sectors=tuple(dict.fromkeys(self.sectors)),
            activities=tuple(dict.fromkeys(self.activities)),
            parties=self._codes("parties"),
            projects=self._codes("projects"),
            party_registry=normalise(self.values["party_registry"]).upper(),
            underlying_registry=normalise(self.values["underlying_registry"]),
            entities=self._entities(),
        )

    def check(self, said: Elements, *, is_blanket: bool, known_projects: Any = ()) -> None:
        """Note everything that the rules refuse in what was read."""
        found = rules.refusals(said, is_blanket=is_blanket, known_projects=known_projects)
        for refusal in found:
            self.refuse(refusal)

    def refuse(self, refusal: Refusal) -> None:
        """Note what is wrong at its field; the first word on a field stands."""
        self.refusals.setdefault(refusal.field, refusal)

    def errors(self) -> dict[str, str]:
        """Return a sentence for each field that is wrong."""
        return {name: sentence(refusal) for name, refusal in self.refusals.items()}

    def more(self) -> "Typed":
        """Return the form with more places for entities."""
        empty = [dict.fromkeys(ENTITY, "") for _place in range(_MORE)]
        self.entities = (self.entities + empty)[:ENTITIES_MAX]
        return self

    def is_plain(self, name: str) -> bool:
        """Tell whether a field for dates would lose what was typed in another way."""
        return not _ISO.fullmatch(self.values[name])

    def _day(self, name: str, *, needed: bool = False) -> date | None:
        found = dates.parse(self.values[name], name)
        if found is None and needed:
            raise Required(field=name)
        return found

    def _year(self, name: str) -> int | None:
        said = numerals(self.values[name]).removesuffix("年")
        if not said:
            return None
        if not _YEAR.fullmatch(said):
            raise NotAYear(said[:_SAID_MAX], field=name)
        return int(said)

    def _word(self, name: str, members: type[Word], *, needed: bool = False) -> Word | None:
        said = self.values[name]
        if not said and not needed:
            return None
        if not said:
            raise Required(field=name)
        if said not in set(members):
            raise UnknownChoice(said[:_SAID_MAX], field=name)
        return members(said)

    def _quantity(self) -> int | None:
        said = self.values["quantity"]
        return ledger.quantity(said[:_SAID_MAX]) if said.strip() else None

    def _codes(self, name: str) -> tuple[str, ...]:
        said = re.split(r"[\s,;、]+", normalise(self.values[name]).upper())
        return tuple(dict.fromkeys(one for one in said if one))

    def _entities(self) -> tuple[Entity, ...]:
        """Return the entities that were filled in; the places left empty close up."""
        self.entities = [one for one in self.entities if any(map(str.strip, one.values()))]
        return tuple(
            Entity(
                **{name: normalise(said) for name, said in one.items() if name != "country"},
                country=normalise(one["country"]).upper(),
            )
            for one in self.entities
        )

    def _try(self, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except Refusal as refusal:
            self.refuse(refusal)
            return None


@dataclass
class Revoking:
    """The form of a revocation as typed."""

    values: dict[str, str]
    key: str
    seen: int
    refusals: dict[str, Refusal] = field(default_factory=dict)

    @classmethod
    def of(cls, given: "MultiDict[str, str]", seen: int = 0) -> "Revoking":
        names = (*_DAYS, "note")
        values = {name: given.get(name, "").replace("\0", "")[:_TYPED_MAX] for name in names}
        key = given.get("key", "").replace("\0", "")[:_SAID_MAX] or uuid4().hex
        return cls(values, key, seen or _whole(given.get("seen", "")))

    def read(self) -> dict[str, Any]:
        """Return what was typed; what is wrong is noted."""
        found: dict[str, Any] = {"note": self.values["note"].replace("\r\n", "\n").strip()}
        for name in _DAYS:
            try:
                found[name] = dates.parse(self.values[name], name)
                if found[name] is None:
                    raise Required(field=name)
            except Refusal as refusal:
                self.refuse(refusal)
        return found

    def refuse(self, refusal: Refusal) -> None:
        """Note what is wrong at its field."""
        self.refusals.setdefault(refusal.field, refusal)

    def errors(self) -> dict[str, str]:
        """Return a sentence for each field that is wrong."""
        return {name: sentence(refusal) for name, refusal in self.refusals.items()}

    def is_plain(self, name: str) -> bool:
        """Tell whether a field for dates would lose what was typed in another way."""
        return not _ISO.fullmatch(self.values[name])


def entity_labels() -> dict[str, str]:
    """Return what the fields of an entity are called."""
    return {
        "name": _("Name of the authorized entity"),
        "country": _("Country of incorporation"),
        "number": _("Identification number there"),
        "conditions": _("Conditions"),
        "change_conditions": _("Conditions of changes and revocation"),
        "note": _("Further explanation"),
    }


def _places(filled: list[dict[str, str]]) -> list[dict[str, str]]:
    empty = max(1, _PLACES - len(filled)) if len(filled) < ENTITIES_MAX else 0
    return filled + [dict.fromkeys(ENTITY, "") for _place in range(empty)]


def _printed(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def _whole(said: str) -> int:
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= _SAID_MAX // 3 else 0
