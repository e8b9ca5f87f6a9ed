"""Sentences for refusals about applications: what was typed, their papers, and where they stand."""

from collections.abc import Callable
from typing import Any, Final

from flask_babel import gettext as _

from app.domain import applications, form_errors
from app.domain.errors import Refusal
from app.web.pages import number
from app.web.words import text


def _status(refusal: form_errors.ApplicationEnded) -> str:
    return text(applications.STATUS_NAMES[applications.Status(refusal.status)])


_TYPED: Final[dict[type[Refusal], Callable[[Any], str]]] = {
    form_errors.NotAPostalCode: lambda _r: _("Enter seven digits, for example 100-8916."),
    form_errors.NotATelephoneNumber: lambda _r: _(
        "Enter a telephone number, for example 03-1234-5678 or +976 11 123456."
    ),
    form_errors.NotACorporateNumber: lambda _r: _("Enter the 13 digits of the corporate number."),
    form_errors.WrongCorporateNumber: lambda _r: _(
        "The check digit does not fit. Check the corporate number for a mistyped digit."
    ),
    form_errors.NotKatakana: lambda _r: _("Enter the reading in kana."),
    form_errors.NotLatin: lambda _r: _("Enter this in English: Latin letters are expected."),
    form_errors.NotJapanese: lambda _r: _("Enter this in Japanese."),
    form_errors.NotTicked: lambda _r: _("Tick this to go on."),
    form_errors.NotAbroad: lambda _r: _(
        "A foreign corporation is established in another country than that of this registry."
    ),
    form_errors.DateImplausible: lambda _r: _("This date is too far from today. Check the year."),
}

_WHOLE: Final[dict[type[Refusal], Callable[[Any], str]]] = {
    form_errors.Incomplete: lambda _r: _("This part is not complete. Open it and finish it."),
    form_errors.DocumentMissing: lambda _r: _("This document is not attached yet."),
    form_errors.NothingToChange: lambda _r: _(
        "Nothing differs from what is recorded. Change at least one item."
    ),
    form_errors.ApplicationOpen: lambda r: _(
        "Another application for this account (%(number)s) is still open. It must end first.",
        number=r.number,
    ),
    form_errors.SamePerson: lambda _r: _(
        "This person is named twice. Each user of the account must be another person, with a mail "
        "address of their own."
    ),
    form_errors.RecordChanged: lambda _r: _(
        "What is recorded here has changed since the application was begun. Begin a new one from "
        "what is recorded now."
    ),
    form_errors.RequestsOpen: lambda r: _(
        "Requests about this account that wait for a decision: %(count)s. They must end first.",
        count=r.requests,
    ),
    form_errors.ApplicationEnded: lambda r: _(
        "This cannot be done any more: the status of the application is “%(status)s”.",
        status=_status(r),
    ),
    form_errors.ChangedMeanwhile: lambda _r: _(
        "Somebody else has changed this part since you opened it. Compare both versions."
    ),
    form_errors.TooManyDrafts: lambda r: _(
        "You have %(count)s drafts already. Finish or discard one first.", count=r.drafts_max
    ),
}

_EXAMINED: Final[dict[type[Refusal], Callable[[Any], str]]] = {
    form_errors.OwnApplication: lambda _r: _(
        "You filled in, handed in or examined this application. Another person must approve it."
    ),
    form_errors.NotClaimed: lambda _r: _("Claim the application before you examine it."),
    form_errors.ItemsUnchecked: lambda r: _(
        "Items of the checklist that are not ticked off: %(count)s.", count=r.left
    ),
    form_errors.NothingToCorrect: lambda _r: _(
        "Choose at least one item to be corrected, and say what is wrong with each."
    ),
}

_FILES: Final[dict[type[Refusal], Callable[[Any], str]]] = {
    form_errors.FileEmpty: lambda r: _("“%(name)s” is empty.", name=r.name),
    form_errors.FileTooLarge: lambda r: _(
        "“%(name)s” is too large. A file may have %(megabytes)s MB at most.",
        name=r.name,
        megabytes=r.megabytes_max,
    ),
    form_errors.FileKindRefused: lambda r: _(
        "“%(name)s” is neither a PDF nor a PNG nor a JPEG file.", name=r.name
    ),
    form_errors.FileUnsafe: lambda r: _(
        "“%(name)s” cannot be taken: it is damaged, or contains more than a plain document. "
        "Save or scan it again.",
        name=r.name,
    ),
    form_errors.FileInfected: lambda r: _(
        "“%(name)s” cannot be taken: the virus scanner found “%(finding)s” in it.",
        name=r.name,
        finding=r.finding,
    ),
    form_errors.TooManyFiles: lambda r: _(
        "An application takes %(count)s files at most. Remove one first.", count=r.files_max
    ),
    form_errors.QuotaExceeded: lambda r: _(
        "All your files together may have %(megabytes)s MB at most. Remove some first.",
        megabytes=r.megabytes_max,
    ),
    form_errors.ScanUnavailable: lambda _r: _(
        "Files cannot be checked at the moment, so they were not kept. Try again later."
    ),
    form_errors.NoDocumentNamed: lambda _r: _("Name at least one document."),
    form_errors.TooManyDocuments: lambda r: _(
        "Name %(count)s documents at most.", count=r.documents_max
    ),
    form_errors.DeadlineRefused: lambda _r: _("Choose a day that lies ahead, within a year."),
    form_errors.DocumentRequestEnded: lambda _r: _(
        "These documents were handed in already, or are not needed any more."
    ),
}

_PAPERS: Final[dict[type[Refusal], Callable[[Any], str]]] = {
    form_errors.NotCertified: lambda _r: _(
        "Only a completed retirement or cancellation has a certificate."
    ),
    form_errors.PeriodBackwards: lambda _r: _("The last day lies before the first."),
    form_errors.PeriodNotOver: lambda _r: _("Enter today or a day in the past."),
    form_errors.TooManyMovements: lambda r: _(
        "A PDF has room for %(count)s lines. Choose a shorter period, or the CSV file.",
        count=number(r.lines_max),
    ),
}

FORMS: Final = {**_TYPED, **_WHOLE, **_EXAMINED, **_FILES, **_PAPERS}
