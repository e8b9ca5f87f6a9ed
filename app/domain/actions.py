"""Which actions under Article 6.2 follow from what happens to mitigation outcomes in the ledger.

One function a happening, and one table of them. Each tells for units that are alike (one range, one
state) what is recorded in the registry of this Party, or refuses what the rules forbid: decisions
2/CMA.3 (annex, paragraphs 2, 8 and 21) and 4/CMA.6 (paragraphs 7 to 17).

Where the host is another Party it reports the first transfer; here the units are acquired, and
count as first transferred from then on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from app.domain import projects
from app.domain.article6_errors import (
    AlreadyEnded,
    AuthorizationOver,
    DefinitionMissing,
    FlaggedInconsistent,
    NotAuthorized,
    OwnOutcomes,
    PartyNotCovered,
    PurposeNotCovered,
    YearOutsidePeriod,
)
from app.domain.authorizations import Happening, Terms
from app.domain.nomenclature import ActionType, CancelledFor, Definition, Subtype
from app.domain.projects import ITMO_VINTAGE_MIN
from app.domain.serials import Range


class Event(StrEnum):
    """What can happen to units of a registry."""

    #: An authorization begins, or begins to say something else, while they are held here.
    AUTHORIZED = "authorized"
    REVOKED = "revoked"
    ISSUED = "issued"
    #: Out of this registry to that of another Party, and in from there.
    SENT = "sent"
    RECEIVED = "received"
    #: Between two accounts of this registry; to that of the Adaptation Fund.
    MOVED = "moved"
    GIVEN = "given"
    #: Another registry tells of a use or cancellation of what was sent there for other purposes.
    REPORTED = "reported"
    RETIRED = "retired"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Party:
    """The Party whose registry this is (alpha-3), its registry's number, and its NDC period.

    `adaptation_fund` is the number of the account of the Adaptation Fund, if there is one.
    """

    code: str = "JPN"
    registry: str = "JPN01"
    ndc_years: tuple[int, int] = (2021, 2030)
    adaptation_fund: str = ""

    def period(self, vintage: int) -> tuple[int, int]:
        """Return the first and last year of the NDC period to which a vintage belongs."""
        first, last = self.ndc_years
        if first <= vintage <= last:
            return first, last
        end = projects.period(vintage)
        others = [year for year in range(ITMO_VINTAGE_MIN, end + 1) if projects.period(year) == end]
        return others[0], end


#: What a registry is that its configuration says nothing of.
DEFAULT: Final = Party()


@dataclass(frozen=True, slots=True)
class Units:
    """Mitigation outcomes that are alike, as they stand before something happens to them.

    `terms` is the version of an authorization that governs them now; None where nothing does.
    `kept` is the version under which they were first transferred or acquired: it stays what their
    last actions refer to, even when it does not govern them any more.
    """

    range: Range
    vintage: int
    #: The Party in which they came about, alpha-3: the host.
    first_transferring: str
    terms: Terms | None
    kept: Terms | None = None
    #: They came under the authorization in this registry before.
    is_entered: bool = False
    #: By the host, or acquired from it.
    is_first_transferred: bool = False
    #: Used or cancelled.
    is_ended: bool = False
    #: Found inconsistent with an effect on the emissions balance (4/CMA.6, paragraph 40).
    is_flagged: bool = False


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One event with what was said of it."""

    event: Event
    on: date
    party: Party = DEFAULT
    #: The other Party, of what is sent or received.
    counterparty: str | None = None
    #: For which year of the NDC retired units are used, and what cancelled ones serve.
    calendar_year: int | None = None
    cancelled_for: CancelledFor | None = None
    is_mandatory: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """An action to be recorded of the units, under a version of an authorization."""

    type: ActionType
    terms: Terms
    subtype: Subtype | None = None
    is_final: bool = False
    counterparty: str | None = None
    cancelled_for: CancelledFor | None = None
    using_party: str | None = None
    calendar_year: int | None = None


Answer = tuple[Done, ...]


def follow(units: Units, told: Occurrence) -> Answer:
    """Return the actions that follow, in their order.

    Raises:
        AlreadyEnded: the units were used or cancelled, and nothing ever happens to them again.
        Refusal: the rules forbid it; see the function of the event.
    """
    if units.is_ended and told.event is not Event.REVOKED:
        raise AlreadyEnded(*_named(units), field="serials")
    return _FOLLOWING[told.event](units, told)


def _authorized(units: Units, told: Occurrence) -> Answer:
    """Outcomes held already: what was issued before comes under the authorization now."""
    terms = units.terms
    if terms is None:
        return ()
    if _is_foreign(units, told):
        return () if units.is_first_transferred else (_acquired(terms, units.first_transferring),)
    entered = () if units.is_entered else (Done(ActionType.AUTHORIZATION, terms),)
    return entered + _at_entry(units, terms)


def _issued(units: Units, told: Occurrence) -> Answer:
    """New outcomes: under an authorization from their first moment, or ordinary credits."""
    terms = units.terms
    if terms is None or not terms.permits(Happening.ISSUANCE, told.on):
        return ()
    return _authorized(units, told)


def _at_entry(units: Units, terms: Terms) -> Answer:
    """First transfers that authorization or issuance is defined to be; never a second one."""
    if units.is_first_transferred or not terms.purpose.covers_other:
        return ()
    if _definition(units, terms) is Definition.USE_OR_CANCELLATION:
        return ()
    subtype = Subtype(_definition(units, terms).value)
    return (Done(ActionType.FIRST_TRANSFER, terms, subtype),)


def _sent(units: Units, told: Occurrence) -> Answer:
    """To another Party: the first transfer of what may be used towards an NDC, else a transfer.

    What is authorized for other purposes alone is first transferred when its approach says, which
    no transfer is.
    """
    terms = _authorized_or_refused(units)
    to = told.counterparty
    if terms.parties and to not in terms.parties:
        raise PartyNotCovered(to or "", terms.identifier, field="target")
    if units.is_first_transferred or not terms.purpose.covers_ndc:
        return (Done(ActionType.TRANSFER, terms, counterparty=to),)
    first = Done(ActionType.FIRST_TRANSFER, terms, Subtype.TO_ANOTHER_PARTY, counterparty=to)
    return (first,)


def _received(units: Units, told: Occurrence) -> Answer:
    terms = _authorized_or_refused(units)
    return (_acquired(terms, told.counterparty),)


def _moved(_units: Units, _told: Occurrence) -> Answer:
    """Nothing goes from one Party to another."""
    return ()


def _given(units: Units, _told: Occurrence) -> Answer:
    """Voluntarily to the Adaptation Fund: a first transfer unless they were first transferred."""
    terms = units.terms or units.kept
    if terms is None:
        return ()
    given = Done(ActionType.TRANSFER, terms, Subtype.VOLUNTARY_TO_ADAPTATION_FUND)
    return (*_first(units, terms, Subtype.NOT_YET_DEFINED), given)


def _reported(units: Units, _told: Occurrence) -> Answer:
    """Used or cancelled abroad for other purposes: the host's first transfer, told afterwards."""
    terms = _authorized_or_refused(units)
    return _first(units, terms, Subtype.USE_OR_CANCELLATION)


def _retired(units: Units, told: Occurrence) -> Answer:
    """Use towards the NDC, for a year of the NDC period of the vintage."""
    if units.is_flagged:
        raise FlaggedInconsistent(*_named(units), field="serials")
    terms = _authorized_or_refused(units)
    if not _is_foreign(units, told):
        # Of its own outcomes a Party already counts the lower emissions, whoever else used them.
        raise OwnOutcomes(*_named(units), field="serials")
    if not terms.purpose.covers_ndc:
        raise PurposeNotCovered(terms.identifier, *_named(units), field="serials")
    _check_until(terms, Happening.USE, told.on)
    assert told.calendar_year is not None, "a use is for a year"
    first, last = told.party.period(units.vintage)
    if not first <= told.calendar_year <= last:
        raise YearOutsidePeriod(told.calendar_year, first, last, field="calendar_year")
    used = Done(
        ActionType.USE,
        terms,
        is_final=True,
        using_party=told.party.code,
        calendar_year=told.calendar_year,
    )
    return (used,)


def _cancelled(units: Units, told: Occurrence) -> Answer:
    """A cancellation; of what was authorized and not yet first transferred, often also that."""
    what = told.cancelled_for or CancelledFor.OTHER
    terms = units.terms
    if what in _UNDER_AUTHORIZATION:
        terms = _authorized_or_refused(units)
        if not terms.serves(what):
            raise PurposeNotCovered(terms.identifier, *_named(units), field="cancelled_for")
        _check_until(terms, Happening.CANCELLATION, told.on)
    terms = terms or units.kept
    if terms is None:
        return ()
    kind = ActionType.CANCELLATION if told.is_mandatory else ActionType.VOLUNTARY_CANCELLATION
    subtype = Subtype.OTHER_CANCELLATION
    if what is CancelledFor.OMGE:
        subtype = Subtype.MANDATORY_OMGE if told.is_mandatory else Subtype.VOLUNTARY_OMGE
    ended = Done(
        kind,
        terms,
        subtype,
        is_final=True,
        cancelled_for=what,
        using_party=told.party.code if what in _UNDER_AUTHORIZATION else None,
    )
    # What only an NDC could have used never counted as transferred, and does not by its end.
    if what is CancelledFor.OTHER and not terms.purpose.covers_other:
        return (ended,)
    begun = Subtype.USE_OR_CANCELLATION if what in _UNDER_AUTHORIZATION else subtype
    return (*_first(units, terms, begun), ended)


#: What serves these is cancelled under the authorization, which must cover it.
_UNDER_AUTHORIZATION: Final = frozenset({CancelledFor.IMP, CancelledFor.OP})

_FOLLOWING: Final[dict[Event, Callable[[Units, Occurrence], Answer]]] = {
    Event.AUTHORIZED: _authorized,
    # What was first transferred stays so; what was not has nothing that could be undone.
    Event.REVOKED: _moved,
    Event.ISSUED: _issued,
    Event.SENT: _sent,
    Event.RECEIVED: _received,
    Event.MOVED: _moved,
    Event.GIVEN: _given,
    Event.REPORTED: _reported,
    Event.RETIRED: _retired,
    Event.CANCELLED: _cancelled,
}


def _first(units: Units, terms: Terms, subtype: Subtype) -> Answer:
    if units.is_first_transferred:
        return ()
    return (Done(ActionType.FIRST_TRANSFER, terms, subtype),)


def _acquired(terms: Terms, counterparty: str | None) -> Done:
    return Done(ActionType.ACQUISITION, terms, counterparty=counterparty)


def _is_foreign(units: Units, told: Occurrence) -> bool:
    """Tell whether another Party is the host, and reports the first transfer itself."""
    return units.first_transferring != told.party.code


def _definition(units: Units, terms: Terms) -> Definition:
    """Return when such units are first transferred; without one, nobody can say.

    Raises:
        DefinitionMissing: counting them as first transferred, or as not, would both be a guess.
    """
    if terms.definition is None:
        raise DefinitionMissing(terms.identifier, *_named(units))
    return terms.definition


def _authorized_or_refused(units: Units) -> Terms:
    if units.terms is None:
        raise NotAuthorized(*_named(units), field="serials")
    return units.terms


def _check_until(terms: Terms, happening: Happening, on: date) -> None:
    if not terms.permits(happening, on):
        raise AuthorizationOver(terms.identifier, happening, field="serials")


def _named(units: Units) -> tuple[int, int]:
    return units.range.first, units.range.last
