"""Refusals about authorizations, actions and reports under Article 6.2.

Each carries facts; the web edge turns them into sentences. See `app.domain.errors`.
"""

from dataclasses import dataclass

from app.domain.errors import Refusal

# Approaches and authorizations


@dataclass(eq=False)
class MalformedApproach(Refusal):
    """An approach is called CA and four digits."""

    text: str


@dataclass(eq=False)
class ApproachTaken(Refusal):
    """Another approach has this code."""

    text: str


@dataclass(eq=False)
class CodeFixed(Refusal):
    """The official code of an approach never changes: identifiers of ITMOs begin with it."""


@dataclass(eq=False)
class MalformedAuthorization(Refusal):
    """An authorization's identifier has letters, digits, spaces and hyphens only."""

    text: str


@dataclass(eq=False)
class AuthorizationTaken(Refusal):
    """There is an authorization with this identifier already."""

    identifier: str


@dataclass(eq=False)
class MalformedParties(Refusal):
    """Parties are named by codes of three letters."""

    text: str


@dataclass(eq=False)
class NotAYear(Refusal):
    """The text is not a year of four digits."""

    text: str


@dataclass(eq=False)
class YearsReversed(Refusal):
    """The last year lies before the first."""

    first: int
    last: int


@dataclass(eq=False)
class VintageTooEarly(Refusal):
    """Mitigation outcomes under Article 6 are of 2021 or later."""

    vintage: int
    vintage_min: int


@dataclass(eq=False)
class DefinitionFixed(Refusal):
    """One definition of the first transfer holds for a whole approach, from its first use on."""

    definition: str


@dataclass(eq=False)
class NotApplicable(Refusal):
    """Something was filled in that the other answers leave no room for."""


@dataclass(eq=False)
class EffectiveTooEarly(Refusal):
    """A version takes effect not before the one that it changes, nor before its own date."""

    earliest: str


@dataclass(eq=False)
class EndsBeforeItBegins(Refusal):
    """A last day lies before the day from which the authorization holds."""


@dataclass(eq=False)
class MalformedItmoRegistry(Refusal):
    """A Party's registry is called by three letters and two digits."""

    text: str


@dataclass(eq=False)
class DateInFuture(Refusal):
    """An authorization is recorded once it was given."""


@dataclass(eq=False)
class QuantityBelowTransferred(Refusal):
    """More than this was first transferred under the authorization already; that stays."""

    transferred: int


@dataclass(eq=False)
class VersionUnchanged(Refusal):
    """The new version says what the one before says."""


@dataclass(eq=False)
class VersionPending(Refusal):
    """A version of this authorization waits for approval."""


@dataclass(eq=False)
class VersionDecided(Refusal):
    """This version was decided on meanwhile."""

    standing: str


@dataclass(eq=False)
class AuthorizationRevoked(Refusal):
    """The authorization was revoked; nothing follows a revocation."""


@dataclass(eq=False)
class TooManyEntities(Refusal):
    """One version names no more entities than the registry keeps."""

    entities_max: int


@dataclass(eq=False)
class TooManyFilesHere(Refusal):
    """A version has no more documents than the registry keeps."""

    files_max: int


# Corresponding adjustments


@dataclass(eq=False)
class NotAnAmount(Refusal):
    """An amount is digits with a decimal point, and is not below zero unless it may be."""

    text: str


@dataclass(eq=False)
class YearTwice(Refusal):
    """Two rows are of the same year."""

    year: int


@dataclass(eq=False)
class YearOutsidePeriod(Refusal):
    """The year is none of the NDC period."""

    year: int
    first: int
    last: int


@dataclass(eq=False)
class PeriodTooLong(Refusal):
    """An NDC period has no more years than the registry keeps."""

    years_max: int


@dataclass(eq=False)
class PeriodsOverlap(Refusal):
    """Another NDC period of the Party has some of these years."""

    first: int
    last: int


@dataclass(eq=False)
class MethodFixed(Refusal):
    """One method holds through the whole NDC period, once emissions of a year are recorded."""

    method: str


@dataclass(eq=False)
class FiguresChanged(Refusal):
    """Somebody else saved other figures meanwhile."""


@dataclass(eq=False)
class OthersBeyondTransferred(Refusal):
    """More is authorized for other purposes than was first transferred."""

    year: int


@dataclass(eq=False)
class DefinitionsDiffer(Refusal):
    """First transfers of an approach were not recorded as its definition says."""

    approach: str
    definition: str
    trigger: str


@dataclass(eq=False)
class PopulationsDiffer(Refusal):
    """First transfers by year of the event and by vintage are not of the same units."""

    by_event: str
    by_vintage: str


@dataclass(eq=False)
class EmissionsMissing(Refusal):
    """Later years have emissions, and this one has none: nothing can be computed from it on."""

    year: int


# Annual information


@dataclass(eq=False)
class YearNotOver(Refusal):
    """The annual information of a year is frozen once the year is over."""

    year: int


@dataclass(eq=False)
class DatePassed(Refusal):
    """An edition names a day of submission that has not passed yet."""


@dataclass(eq=False)
class PreCheckFailed(Refusal):
    """The pre-check finds errors, with which nothing is frozen."""

    errors: int


@dataclass(eq=False)
class SubmissionTooEarly(Refusal):
    """The edition names a later day of submission."""

    on: str


@dataclass(eq=False)
class EditionSuperseded(Refusal):
    """There is a later version of the year's annual information."""

    version: str


@dataclass(eq=False)
class EditionDamaged(Refusal):
    """What is kept of the edition is not what was frozen."""


# Actions


@dataclass(eq=False)
class NotAuthorized(Refusal):
    """No authorization covers these ITMOs now, so none is used (4/CMA.6, paragraph 11)."""

    first: int
    last: int


@dataclass(eq=False)
class PurposeNotCovered(Refusal):
    """The authorization of these ITMOs is for other purposes."""

    identifier: str
    first: int
    last: int


@dataclass(eq=False)
class PartyNotCovered(Refusal):
    """The authorization names the Parties it covers, and this is none of them."""

    party: str
    identifier: str


@dataclass(eq=False)
class AuthorizationOver(Refusal):
    """The authorization's last day for this has passed."""

    identifier: str
    happening: str


@dataclass(eq=False)
class OwnOutcomes(Refusal):
    """A Party counts its own lower emissions already; they are of no use towards its NDC."""

    first: int
    last: int


@dataclass(eq=False)
class NotItmos(Refusal):
    """Some of these numbers were never issued, or are no ITMOs of a cooperative approach."""

    serials: str


@dataclass(eq=False)
class FlaggedInconsistent(Refusal):
    """ITMOs flagged as inconsistent are not used towards an NDC (4/CMA.6, paragraph 40)."""

    first: int
    last: int


@dataclass(eq=False)
class AlreadyEnded(Refusal):
    """What was used or cancelled never moves again (2/CMA.3, annex, paragraph 21 (e))."""

    first: int
    last: int


@dataclass(eq=False)
class DefinitionMissing(Refusal):
    """Nobody said when these are first transferred; to count them or not would be a guess."""

    identifier: str
    first: int
    last: int


@dataclass(eq=False)
class QuantityExhausted(Refusal):
    """More would be first transferred than the authorization covers."""

    identifier: str
    quantity: int
    remaining: int


@dataclass(eq=False)
class ActionTwice(Refusal):
    """Of some of these ITMOs this was recorded meanwhile; it happens once only."""
