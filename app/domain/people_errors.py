"""Refusals about people: signing in, proving who one is, and requests about people and powers."""

from dataclasses import dataclass

from app.domain.errors import Refusal

# Signing in


@dataclass(eq=False)
class SignInFailed(Refusal):
    """Login ID and password do not fit, for whatever reason; the reason is in the access log."""


@dataclass(eq=False)
class TooManyAttempts(Refusal):
    """Too many attempts came from one address; nothing was compared (ASVS 6.3.1)."""

    minutes: int


@dataclass(eq=False)
class Busy(Refusal):
    """So many people sign in at once that no more passwords are compared for a moment."""


@dataclass(eq=False)
class LoginIdTaken(Refusal):
    """The login ID exists or once existed; login IDs are never used again."""

    login_id: str


# Proving who one is


@dataclass(eq=False)
class ProofRequired(Refusal):
    """The action asks for a code or a passkey, and neither came with it (ASVS 7.5.3)."""


@dataclass(eq=False)
class CodeWrong(Refusal):
    """The code is not the present one of a device of this person, nor a recovery code."""


@dataclass(eq=False)
class CodesLocked(CodeWrong):
    """So many codes were wrong that none is compared for a while; passkeys still are."""

    minutes: int


@dataclass(eq=False)
class CodeUsed(Refusal):
    """The code was used already; each counts once (RFC 6238, 5.2; ASVS 6.5.1)."""


@dataclass(eq=False)
class PasskeyRefused(Refusal):
    """The passkey's answer does not belong to what is to be signed, or to this person."""


@dataclass(eq=False)
class FactorLast(Refusal):
    """The last second factor cannot be removed; add another one first."""


@dataclass(eq=False)
class FactorKnown(Refusal):
    """This passkey or device is registered already."""


@dataclass(eq=False)
class LinkDead(Refusal):
    """The link or code was used, replaced by a newer one, or is too old."""


# Passwords


@dataclass(eq=False)
class PasswordTooShort(Refusal):
    """The password has fewer characters than needed."""

    length_min: int


@dataclass(eq=False)
class PasswordCommon(Refusal):
    """The password is in the list of common and leaked ones (ASVS 6.2.4, 6.2.12)."""


@dataclass(eq=False)
class PasswordGuessable(Refusal):
    """The password is a row of keys, a date, a repetition or the like."""


@dataclass(eq=False)
class PasswordIsContext(Refusal):
    """The password is little more than names of the person or the registry (ASVS 6.2.11)."""


@dataclass(eq=False)
class PasswordsDiffer(Refusal):
    """The new password typed again is another one."""


@dataclass(eq=False)
class PasswordWrong(Refusal):
    """The present password, asked for before a change of credentials, is another one."""


# People and powers


@dataclass(eq=False)
class StateForbids(Refusal):
    """The person's state permits no such change."""

    state: str


@dataclass(eq=False)
class NothingChanged(Refusal):
    """The change asked for is what is recorded already."""


@dataclass(eq=False)
class NotAnEmail(Refusal):
    """The text is not an e-mail address."""


@dataclass(eq=False)
class EmailRefused(Refusal):
    """The address cannot be used: it is the present one, or somebody's; which is not said."""


@dataclass(eq=False)
class EmailsDiffer(Refusal):
    """The address typed again is another one."""


@dataclass(eq=False)
class EmailUnconfirmed(Refusal):
    """The new address was not confirmed yet by the link that was sent to it."""


@dataclass(eq=False)
class TooFewLetters(Refusal):
    """A search for people needs more letters."""

    length_min: int


@dataclass(eq=False)
class UnknownPerson(Refusal):
    """No active person signs in with this ID."""

    login_id: str


@dataclass(eq=False)
class AdministratorCannotRepresent(Refusal):
    """An administrator of the registry represents no holder."""


@dataclass(eq=False)
class RequestOpen(Refusal):
    """A request of this kind about this person is open already."""


@dataclass(eq=False)
class RequestEnded(Refusal):
    """The request was decided already."""


@dataclass(eq=False)
class ProposerStopped(Refusal):
    """Who made the proposal may not sign in at present; it waits (EU 2019/1122 Art. 30)."""


@dataclass(eq=False)
class OwnRequest(Refusal):
    """Nobody approves what they asked for themselves (four eyes)."""


@dataclass(eq=False)
class AboutYourself(Refusal):
    """Nobody approves a request about themselves."""


@dataclass(eq=False)
class ClaimedByOther(Refusal):
    """Somebody else has claimed the task; it can be taken over with a comment."""

    name_en: str
    name_ja: str


@dataclass(eq=False)
class NothingTicked(Refusal):
    """No task of the list was chosen."""


@dataclass(eq=False)
class CommentRequired(Refusal):
    """Taking over a task that another has claimed needs a comment."""


# Announcements


@dataclass(eq=False)
class NotATime(Refusal):
    """The text is not a time of the day."""

    text: str


@dataclass(eq=False)
class EndsBeforeStart(Refusal):
    """A window ends before it begins."""


@dataclass(eq=False)
class AlreadyBegun(Refusal):
    """What has begun is not changed any more; it can be ended."""


@dataclass(eq=False)
class UnderMaintenance(Refusal):
    """The registry is under maintenance: nothing is written until it is over."""
