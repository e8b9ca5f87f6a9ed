"""Sentences for refusals about people: signing in, credentials, requests, announcements."""

from collections.abc import Callable
from typing import Any, Final

from flask_babel import gettext as _

from app.domain import people, people_errors
from app.domain.errors import Refusal
from app.domain.people_errors import ClaimedByOther
from app.web.words import language, text


def _claimant(refusal: ClaimedByOther) -> str:
    return refusal.name_ja if language() == "ja" else refusal.name_en


_SIGNING_IN: Final[dict[type[Refusal], Callable[[Any], str]]] = {
    people_errors.SignInFailed: lambda _r: _("The login ID or the password is not correct."),
    people_errors.TooManyAttempts: lambda r: _(
        "Too many attempts came from your address. Try again in %(minutes)s minutes.",
        minutes=r.minutes,
    ),
    people_errors.Busy: lambda _r: _(
        "Many people are signing in at the moment. Wait a moment and try again."
    ),
    people_errors.LoginIdTaken: lambda _r: _("This login ID cannot be used. Choose another one."),
    people_errors.ProofRequired: lambda _r: _(
        "Enter the code of your authenticator, or use your passkey."
    ),
    people_errors.CodeWrong: lambda _r: _(
        "The code is not correct. Enter the code that your authenticator shows now."
    ),
    people_errors.CodesLocked: lambda r: _(
        "Too many codes were wrong. Codes are accepted again in %(minutes)s minutes; a passkey "
        "still is.",
        minutes=r.minutes,
    ),
    people_errors.CodeUsed: lambda _r: _(
        "This code was used already. Wait for the next one: it comes within 30 seconds."
    ),
    people_errors.PasskeyRefused: lambda _r: _(
        "The passkey could not be accepted. Load the page again and try once more."
    ),
    people_errors.FactorLast: lambda _r: _(
        "This is your only second factor. Add another one before you remove it."
    ),
    people_errors.FactorKnown: lambda _r: _("This passkey is registered already."),
    people_errors.LinkDead: lambda _r: _(
        "This link or code is not good any more. It was used, replaced by a newer one, or is too "
        "old. Ask for a new one."
    ),
}

_PASSWORDS: Final[dict[type[Refusal], Callable[[Any], str]]] = {
    people_errors.PasswordTooShort: lambda r: _(
        "Use at least %(length)s characters. Several words in a row are easy to remember.",
        length=r.length_min,
    ),
    people_errors.PasswordCommon: lambda _r: _(
        "This password is among the most used ones. Choose another one."
    ),
    people_errors.PasswordGuessable: lambda _r: _(
        "This password is easy to guess. Avoid rows of keys, dates and repetitions."
    ),
    people_errors.PasswordIsContext: lambda _r: _(
        "This password is little more than your name, your login ID or the registry’s name."
    ),
    people_errors.PasswordsDiffer: lambda _r: _("The two new passwords differ."),
    people_errors.PasswordWrong: lambda _r: _("The present password is not correct."),
}

_POWERS: Final[dict[type[Refusal], Callable[[Any], str]]] = {
    people_errors.StateForbids: lambda r: _(
        "The state of the person (%(state)s) does not permit this.",
        state=text(people.STATE_NAMES[people.State(r.state)]),
    ),
    people_errors.NothingChanged: lambda _r: _("Nothing was changed."),
    people_errors.NotAnEmail: lambda _r: _("Enter a mail address such as name@example.com."),
    people_errors.EmailRefused: lambda _r: _(
        "This mail address cannot be used here. Use another one."
    ),
    people_errors.EmailsDiffer: lambda _r: _("The two mail addresses differ."),
    people_errors.EmailUnconfirmed: lambda _r: _(
        "The new mail address was not confirmed yet by the link sent to it."
    ),
    people_errors.TooFewLetters: lambda r: _(
        "Enter %(length)s letters or more.", length=r.length_min
    ),
    people_errors.UnknownPerson: lambda _r: _(
        "There is no person with this login ID who could be named here."
    ),
    people_errors.AdministratorCannotRepresent: lambda _r: _(
        "An administrator of the registry cannot represent a holder."
    ),
    people_errors.RequestOpen: lambda _r: _(
        "A request of this kind about this person is waiting for a decision already."
    ),
    people_errors.RequestEnded: lambda _r: _("The request has been decided already."),
    people_errors.ProposerStopped: lambda _r: _(
        "The person who proposed this is stopped at present, so it cannot be approved."
    ),
    people_errors.OwnRequest: lambda _r: _(
        "You asked for this yourself. Another person must approve it."
    ),
    people_errors.AboutYourself: lambda _r: _(
        "This request is about yourself. Another person must decide it."
    ),
    people_errors.ClaimedByOther: lambda r: _(
        "%(name)s has claimed this task. Take it over with a comment first.", name=_claimant(r)
    ),
    people_errors.NothingTicked: lambda _r: _("Choose at least one task."),
    people_errors.CommentRequired: lambda _r: _("Enter a comment: another person had this task."),
}

_ANNOUNCEMENTS: Final[dict[type[Refusal], Callable[[Any], str]]] = {
    people_errors.NotATime: lambda _r: _("Enter a time such as 09:30 or 18:00."),
    people_errors.EndsBeforeStart: lambda _r: _("The end must be later than the beginning."),
    people_errors.AlreadyBegun: lambda r: (
        _("Choose a time that has not passed yet.")
        if r.field
        else _("This has begun already. It can only be ended now.")
    ),
    people_errors.UnderMaintenance: lambda _r: _(
        "The registry is under maintenance. Nothing can be changed until it is over."
    ),
}

PEOPLE: Final = {**_SIGNING_IN, **_PASSWORDS, **_POWERS, **_ANNOUNCEMENTS}
