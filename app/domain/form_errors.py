"""Refusals about applications: what was typed in a form, its papers, and where it stands."""

from dataclasses import dataclass

from app.domain.errors import Refusal

# What was typed


@dataclass(eq=False)
class NotAPostalCode(Refusal):
    """A Japanese postal code has seven digits."""

    text: str


@dataclass(eq=False)
class NotATelephoneNumber(Refusal):
    """A telephone number has digits, spaces, hyphens, brackets and perhaps a leading plus."""

    text: str


@dataclass(eq=False)
class NotACorporateNumber(Refusal):
    """A corporate number has thirteen digits."""

    text: str


@dataclass(eq=False)
class WrongCorporateNumber(Refusal):
    """The check digit does not fit (ordinance on corporate numbers, article 2)."""

    text: str


@dataclass(eq=False)
class NotKatakana(Refusal):
    """A reading is given in kana."""

    text: str


@dataclass(eq=False)
class NotLatin(Refusal):
    """The item is recorded in English: Latin letters are expected."""

    text: str


@dataclass(eq=False)
class NotJapanese(Refusal):
    """The item is recorded in Japanese, and no Japanese letter is in it."""

    text: str


@dataclass(eq=False)
class NotTicked(Refusal):
    """The statement must be agreed to."""


@dataclass(eq=False)
class NotAbroad(Refusal):
    """A corporation established in the country of the registry is no foreign one."""


@dataclass(eq=False)
class DateImplausible(Refusal):
    """The date is one of the calendar, and yet too far from today to be meant."""

    text: str


# An application as a whole


@dataclass(eq=False)
class Incomplete(Refusal):
    """A part of the application is missing or wrong; `field` is the key of the checklist item."""


@dataclass(eq=False)
class DocumentMissing(Refusal):
    """A document that the form asks for is not attached; `field` is the key of the item."""


@dataclass(eq=False)
class NothingToChange(Refusal):
    """What is applied for is recorded so already."""


@dataclass(eq=False)
class ApplicationOpen(Refusal):
    """Another application for the account waits; it must end first."""

    number: str


@dataclass(eq=False)
class SamePerson(Refusal):
    """The persons named for an account differ (CITL 7107)."""


@dataclass(eq=False)
class RecordChanged(Refusal):
    """What is recorded is not what it was when the application was begun."""


@dataclass(eq=False)
class RequestsOpen(Refusal):
    """Requests about the account wait for a decision; they end first."""

    requests: int


@dataclass(eq=False)
class ApplicationEnded(Refusal):
    """The application is in a state that has no such step (state table)."""

    status: str
    event: str


@dataclass(eq=False)
class ChangedMeanwhile(Refusal):
    """Somebody else saved this part since it was opened; what was typed is shown, not kept."""


@dataclass(eq=False)
class OwnApplication(Refusal):
    """Whoever filled in, handed in or examined an application does not approve it (four eyes)."""


@dataclass(eq=False)
class NotClaimed(Refusal):
    """An application is examined by whoever has claimed it."""


@dataclass(eq=False)
class ItemsUnchecked(Refusal):
    """Items of the checklist are neither in order nor explained."""

    left: int


@dataclass(eq=False)
class NothingToCorrect(Refusal):
    """A correction is asked for at one item at least, each with its reason."""


@dataclass(eq=False)
class TooManyDrafts(Refusal):
    """An applicant may keep so many drafts at a time."""

    drafts_max: int


# Attachments and requests for documents


@dataclass(eq=False)
class FileEmpty(Refusal):
    """The file has no content."""

    name: str


@dataclass(eq=False)
class FileTooLarge(Refusal):
    """The file is larger than the registry takes."""

    name: str
    megabytes_max: int


@dataclass(eq=False)
class FileKindRefused(Refusal):
    """The content is neither PDF nor PNG nor JPEG, whatever the name says."""

    name: str


@dataclass(eq=False)
class FileUnsafe(Refusal):
    """The content is damaged, or hides something: a script, another file, or too many pixels."""

    name: str


@dataclass(eq=False)
class FileInfected(Refusal):
    """The virus scanner found something in the file."""

    name: str
    finding: str


@dataclass(eq=False)
class TooManyFiles(Refusal):
    """An application takes so many files."""

    files_max: int


@dataclass(eq=False)
class QuotaExceeded(Refusal):
    """All files of an applicant together are limited."""

    megabytes_max: int


@dataclass(eq=False)
class ScanUnavailable(Refusal):
    """The file cannot be looked at just now: the virus scanner does not answer, or many wait."""


@dataclass(eq=False)
class NoDocumentNamed(Refusal):
    """A request for documents names one at least."""


@dataclass(eq=False)
class TooManyDocuments(Refusal):
    """A request for documents names so many at most."""

    documents_max: int


@dataclass(eq=False)
class DeadlineRefused(Refusal):
    """Documents are asked for by a day that lies ahead, and within a year."""


@dataclass(eq=False)
class DocumentRequestEnded(Refusal):
    """The request for documents was answered, or has ended."""


# Certificates and statements


@dataclass(eq=False)
class NotCertified(Refusal):
    """Only a completed retirement or cancellation is certified."""


@dataclass(eq=False)
class PeriodBackwards(Refusal):
    """The last day of a statement lies before its first."""


@dataclass(eq=False)
class PeriodNotOver(Refusal):
    """A statement ends today at the latest."""


@dataclass(eq=False)
class TooManyMovements(Refusal):
    """A statement on paper has so many lines at most; as CSV it may have any number."""

    lines_max: int
