"""The elements of an authorization as they are entered, and what is wrong with them.

Decision 4/CMA.6, paragraph 5 (a) to (n).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Final

from app.domain.article6_errors import (
    EffectiveTooEarly,
    EndsBeforeItBegins,
    MalformedAuthorization,
    MalformedItmoRegistry,
    MalformedParties,
    NotApplicable,
    TooManyEntities,
    VintageTooEarly,
    YearsReversed,
)
from app.domain.errors import Refusal, Required, TooLong, UnknownChoice
from app.domain.nomenclature import (
    ACTIVITIES,
    AUTHORIZATION,
    ITMO_REGISTRY,
    PARTY,
    SECTORS,
    UNDERLYING_REGISTRIES,
    Definition,
    Metric,
    Purpose,
)
from app.domain.projects import ITMO_VINTAGE_MIN
from app.domain.text import normalise

IDENTIFIER_MAX: Final = 40
LINE_MAX: Final = 200
TEXT_MAX: Final = 4_000
ENTITIES_MAX: Final = 50
#: Words of the pages' own addresses, which no authorization can be called.
_RESERVED: Final = frozenset({"new", "versions"})
_LINES: Final = ("oimp", "non_ghg_metric", "gwp", "gases", "confidential_basis")
_TEXTS: Final = ("rules", "terms", "note")


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity that is authorized: where it is incorporated, and its number there."""

    name: str
    country: str
    number: str
    conditions: str = ""
    change_conditions: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Elements:
    """What one version of an authorization says, with the names of the recorded columns."""

    authorized_on: date
    effective_on: date
    purpose: Purpose
    sectors: tuple[str, ...]
    definition: Definition | None = None
    parties: tuple[str, ...] = ()
    issuance_until: date | None = None
    use_until: date | None = None
    cancellation_until: date | None = None
    timeframe_first: int | None = None
    timeframe_last: int | None = None
    oimp: str | None = None
    rules: str = ""
    terms: str = ""
    reaches_first_transferred: bool = False
    quantity: int | None = None
    party_registry: str = ""
    underlying_registry: str = ""
    vintage_first: int | None = None
    vintage_last: int | None = None
    metric: Metric = Metric.GHG
    non_ghg_metric: str | None = None
    gwp: str | None = None
    gases: str = ""
    activities: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    note: str = ""
    is_confidential: bool = False
    confidential_basis: str | None = None
    entities: tuple[Entity, ...] = ()

    def columns(self) -> dict[str, object]:
        """Return what is recorded in one row; the entities have rows of their own."""
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        del said["entities"]
        return said | {
            "parties": " ".join(self.parties),
            "sectors": "\n".join(self.sectors),
            "activities": "\n".join(self.activities),
            "projects": " ".join(self.projects),
        }


def identifier(typed: str) -> str:
    """Read what an authorization is called.

    Raises:
        Required, TooLong, MalformedAuthorization: at the field "identifier".
    """
    said = normalise(typed)
    if not said:
        raise Required(field="identifier")
    if len(said) > IDENTIFIER_MAX:
        raise TooLong(IDENTIFIER_MAX, field="identifier")
    if not AUTHORIZATION.fullmatch(said) or said.lower() in _RESERVED:
        raise MalformedAuthorization(said, field="identifier")
    return said


def refusals(
    said: Elements, *, is_blanket: bool, known_projects: Sequence[str] = ()
) -> list[Refusal]:
    """Return everything that is wrong with the elements, each at its field.

    Args:
        known_projects: references of the projects that may be named.
    """
    return [
        *_dates(said),
        *_purposes(said, is_blanket=is_blanket),
        *_years(said),
        *_lists(said, known_projects),
        *_texts(said),
        *_registries(said),
        *_entities(said.entities),
    ]


def _dates(said: Elements) -> Iterator[Refusal]:
    if said.effective_on < said.authorized_on:
        yield EffectiveTooEarly(said.authorized_on.isoformat(), field="effective_on")
    for name in ("issuance_until", "use_until", "cancellation_until"):
        last = getattr(said, name)
        if last is not None and last < said.effective_on:
            yield EndsBeforeItBegins(field=name)


def _purposes(said: Elements, *, is_blanket: bool) -> Iterator[Refusal]:
    """The definition is one for each approach, so that a blanket authorization has none."""
    covers = said.purpose.covers_other
    if covers and not said.oimp:
        yield Required(field="oimp")
    if not covers and said.oimp:
        yield NotApplicable(field="oimp")
    if covers and not is_blanket and said.definition is None:
        yield Required(field="definition")
    if said.definition is not None and (is_blanket or not covers):
        yield NotApplicable(field="definition")


def _years(said: Elements) -> Iterator[Refusal]:
    for first, last in (("timeframe_first", "timeframe_last"), ("vintage_first", "vintage_last")):
        begins, ends = getattr(said, first), getattr(said, last)
        if begins is not None and ends is not None and ends < begins:
            yield YearsReversed(begins, ends, field=last)
    for name in ("vintage_first", "vintage_last"):
        vintage = getattr(said, name)
        if vintage is not None and vintage < ITMO_VINTAGE_MIN:
            yield VintageTooEarly(vintage, ITMO_VINTAGE_MIN, field=name)
    # The report prints both years or neither.
    if (said.timeframe_first is None) != (said.timeframe_last is None):
        missing = "timeframe_first" if said.timeframe_first is None else "timeframe_last"
        yield Required(field=missing)


def _lists(said: Elements, known_projects: Sequence[str]) -> Iterator[Refusal]:
    if not said.sectors:
        yield Required(field="sectors")
    for name, known in (
        ("sectors", {sector.en for sector in SECTORS}),
        ("activities", set(ACTIVITIES)),
        ("projects", set(known_projects)),
    ):
        unknown = next((one for one in getattr(said, name) if one not in known), None)
        if unknown is not None:
            yield UnknownChoice(unknown[:LINE_MAX], field=name)
    wrong = next((one for one in said.parties if not PARTY.fullmatch(one)), None)
    if wrong is not None:
        yield MalformedParties(wrong[:LINE_MAX], field="parties")


def _texts(said: Elements) -> Iterator[Refusal]:
    for names, length_max in ((_LINES, LINE_MAX), (_TEXTS, TEXT_MAX)):
        for name in names:
            if len(getattr(said, name) or "") > length_max:
                yield TooLong(length_max, field=name)
    if said.metric is Metric.NON_GHG and not said.non_ghg_metric:
        yield Required(field="non_ghg_metric")
    if said.metric is Metric.GHG and said.non_ghg_metric:
        yield NotApplicable(field="non_ghg_metric")
    if said.is_confidential and not said.confidential_basis:
        yield Required(field="confidential_basis")
    if not said.is_confidential and said.confidential_basis:
        yield NotApplicable(field="confidential_basis")


def _registries(said: Elements) -> Iterator[Refusal]:
    if said.party_registry and not ITMO_REGISTRY.fullmatch(said.party_registry):
        yield MalformedItmoRegistry(said.party_registry[:LINE_MAX], field="party_registry")
    if said.underlying_registry and said.underlying_registry not in UNDERLYING_REGISTRIES:
        yield UnknownChoice(said.underlying_registry[:LINE_MAX], field="underlying_registry")


def _entities(entities: Sequence[Entity]) -> Iterator[Refusal]:
    if len(entities) > ENTITIES_MAX:
        yield TooManyEntities(ENTITIES_MAX, field="entities")
    for position, entity in enumerate(entities, start=1):
        for name in ("name", "country", "number"):
            if not getattr(entity, name):
                yield Required(field=f"entity_{position}_{name}")
        if entity.country and not PARTY.fullmatch(entity.country):
            yield MalformedParties(entity.country[:LINE_MAX], field=f"entity_{position}_country")
        for one in fields(entity):
            if len(getattr(entity, one.name)) > LINE_MAX:
                yield TooLong(LINE_MAX, field=f"entity_{position}_{one.name}")
