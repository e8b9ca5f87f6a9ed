"""Single-use links and letters: forgotten passwords, first passwords, lost devices, addresses.

Opening a link does nothing, as scanners of mail open every one; its button does. Whoever asks for
a link learns nothing of whether there is such a person, neither from the answer nor from its time.
"""

from time import monotonic, sleep
from typing import Any, Final

from flask import Blueprint, redirect, request, url_for
from sqlalchemy.orm import Session

from app.domain.errors import Refusal, Required
from app.domain.passwords import LENGTH_ALONE, LENGTH_WITH_SECOND_FACTOR
from app.domain.people import LOGIN_ID_MAX
from app.domain.people_errors import Busy, LinkDead, PasswordsDiffer, RequestOpen, TooManyAttempts
from app.registry import links as letters
from app.registry import passwords, people, recoveries, sign_in, signing
from app.registry.effects import Setting
from app.registry.recoveries import Opened
from app.store import credentials
from app.store.tables.credentials import Purpose
from app.web import readers
from app.web.access import person, public
from app.web.messages import sentence, status
from app.web.pages import page
from app.web.sessions import database, now, reading, registry, renew
from app.web.signing import given, ways

blueprint = Blueprint("links", __name__)

_UNPROCESSABLE, _GONE, _TOO_MANY, _UNAVAILABLE = 422, 410, 429, 503
_SECRET_MAX: Final = 100
#: Every answer to somebody who asks for a link takes at least as long as mailing one.
_ANSWER_SECONDS: Final = 0.25


# At the door


@blueprint.get("/sign-in/forgotten")
@public
def forgotten() -> Any:
    return page(
        "links/forgotten.html", login_id="", lost="", is_sent=request.args.get("sent") == "yes"
    )


@blueprint.post("/sign-in/forgotten")
@public
def ask() -> Any:
    begun = monotonic()
    login_id = _typed("login_id", LOGIN_ID_MAX)
    lost = request.form.get("lost", "")
    errors = {
        name: sentence(Required())
        for name, typed in (("login_id", login_id.strip()), ("lost", lost in recoveries.FORGOTTEN))
        if not typed
    }
    if errors:
        return _forgotten(login_id, lost, _UNPROCESSABLE, errors)
    vault, origin, at = readers.vault(), readers.origin(), now()
    try:
        database().write(
            lambda session: recoveries.ask_for_link(
                session, login_id, Purpose(lost), vault=vault, origin=origin, now=at
            )
        )
    except TooManyAttempts as refusal:
        return _later(_forgotten(login_id, lost, _TOO_MANY, {"": sentence(refusal)}), refusal)
    sleep(max(0.0, begun + _ANSWER_SECONDS - monotonic()))
    return redirect(url_for("links.forgotten", sent="yes"), 303)


def _forgotten(login_id: str, lost: str, code: int, errors: dict[str, str]) -> Any:
    return page(
        "links/forgotten.html",
        status=code,
        errors=errors,
        login_id=login_id,
        lost=lost,
        is_sent=False,
    )


@blueprint.get("/sign-in/letter")
@public
def letter() -> Any:
    return page("links/letter.html")


@blueprint.post("/sign-in/letter")
@public
def open_letter() -> Any:
    code = _typed("letter_code", _SECRET_MAX)
    try:
        if not code.strip():
            raise Required
        _opened(code)
    except TooManyAttempts as refusal:
        answer = page("links/letter.html", status=_TOO_MANY, errors={"": sentence(refusal)})
        return _later(answer, refusal)
    except Refusal as refusal:
        if isinstance(refusal, LinkDead):
            _log(code)
        errors = {"letter_code": sentence(refusal)}
        return page("links/letter.html", status=_UNPROCESSABLE, errors=errors)
    return redirect(url_for("links.show", secret=letters.bare(code)), 303)


# Where a link leads


@blueprint.get("/links/<secret>")
@public
def show(secret: str) -> Any:
    try:
        found = _opened(secret)
    except (LinkDead, TooManyAttempts) as refusal:
        return _refused(secret, refusal)
    return _page(secret, found)


@blueprint.post("/links/<secret>")
@public
def use(secret: str) -> Any:
    try:
        found = _opened(secret)
        match found.link.purpose:
            case Purpose.EMAIL:
                return _confirm(secret)
            case Purpose.EMERGENCY:
                return _stop(secret, found)
            case _:
                return _choose(secret, found)
    except (LinkDead, TooManyAttempts) as refusal:
        return _refused(secret, refusal)


def _opened(secret: str) -> Opened:
    """Return what a secret leads to.

    Raises:
        LinkDead: nowhere, or it is not for whoever is signed in here.
        TooManyAttempts: it was not even looked at.
    """
    recoveries.check_open(reading(), origin=readers.origin(), now=now())
    return recoveries.opened(reading(), _cut(secret), reader=_reader(), now=now())


def _cut(secret: str) -> str:
    return secret.replace("\0", "")[:_SECRET_MAX]


def _log(secret: str) -> None:
    """Log and count a secret that leads nowhere."""
    origin, at = readers.origin(), now()
    database().write(
        lambda session: recoveries.refused(session, _cut(secret), origin=origin, now=at)
    )


def _reader() -> int | None:
    found = person()
    return found.id if found else None


def _page(secret: str, found: Opened, code: int = 200, errors: dict[str, str] | None = None) -> Any:
    purpose, user = found.link.purpose, found.user
    if purpose not in recoveries.TO_PASSWORD:
        return page(
            "links/confirm.html",
            status=code,
            errors=errors or {},
            secret=secret,
            purpose=purpose.value,
            user=user,
        )
    has_factor = bool(credentials.factors(reading().connection(), user.id))
    return page(
        "links/password.html",
        status=code,
        errors=errors or {},
        secret=secret,
        purpose=purpose.value,
        least=LENGTH_WITH_SECOND_FACTOR if has_factor else LENGTH_ALONE,
        ways=ways(user.id, _challenge(secret, found), recovery=True) if has_factor else None,
    )


def _challenge(secret: str, found: Opened) -> bytes:
    """Return what a passkey signs for this very link."""
    facts = {"link": found.link.id}
    return signing.challenge(letters.bare(secret), signing.content("choose password", facts))


def _choose(secret: str, found: Opened) -> Any:
    """Set the password, if the rules let it pass and the second factor is proved."""
    user_id, purpose = found.user.id, found.link.purpose
    challenge, origin, at = _challenge(secret, found), readers.origin(), now()
    password = request.form.get("password", "")

    def choose(session: Session, password_hash: str) -> str:
        chosen = recoveries.choose_password(
            session,
            secret,
            password_hash,
            given(),
            challenge=challenge,
            reader=_reader(),
            site=readers.site(),
            vault=readers.vault(),
            origin=origin,
            now=at,
        )
        return chosen.login_id

    try:
        if password and password != request.form.get("password_again", ""):
            raise PasswordsDiffer(field="password_again")
        people.check_new_password(reading(), found.user, password, registry().name)
        password_hash = passwords.hash_of(password)
        login_id = database().write(lambda session: choose(session, password_hash))
    except LinkDead:
        raise
    except Busy as refusal:
        return _page(secret, found, _UNAVAILABLE, {"": sentence(refusal)})
    except Refusal as refusal:
        if type(refusal) in sign_in.COUNTED:
            _count(user_id, refusal)
        return _page(secret, found, status(refusal), {refusal.field: sentence(refusal)})
    return _done(purpose, login_id=login_id)


def _count(user_id: int, refusal: Refusal) -> None:
    origin, at = readers.origin(), now()
    database().write(
        lambda session: sign_in.wrong_code(session, user_id, refusal, origin=origin, now=at)
    )
    renew()


def _confirm(secret: str) -> Any:
    origin, at = readers.origin(), now()
    database().write(
        lambda session: recoveries.confirm_address(
            session, secret, reader=_reader(), origin=origin, now=at
        )
    )
    return _done(Purpose.EMAIL)


def _stop(secret: str, found: Opened) -> Any:
    setting, at = Setting(registry().code, readers.vault(), readers.origin()), now()
    try:
        database().write(
            lambda session: recoveries.stop(
                session, secret, reader=_reader(), setting=setting, now=at
            )
        )
    except RequestOpen as refusal:
        return _page(secret, found, status(refusal), {"": sentence(refusal)})
    return _done(Purpose.EMERGENCY)


def _done(purpose: Purpose, *, login_id: str = "") -> Any:
    """Say what was done; whoever was signed in here is not any more, as all sessions ended."""
    if purpose is not Purpose.EMAIL:
        readers.leave()
    return page("links/done.html", purpose=purpose.value, login_id=login_id)


def _refused(secret: str, refusal: LinkDead | TooManyAttempts) -> Any:
    if isinstance(refusal, LinkDead):
        _log(secret)
    is_late = isinstance(refusal, TooManyAttempts)
    answer = page(
        "links/dead.html",
        status=_TOO_MANY if is_late else _GONE,
        advice=sentence(refusal),
        is_signed_in=person() is not None,
    )
    return _later(answer, refusal) if isinstance(refusal, TooManyAttempts) else answer


def _later(answer: Any, refusal: TooManyAttempts) -> Any:
    answer.headers["Retry-After"] = str(refusal.minutes * 60)
    return answer


def _typed(name: str, length: int) -> str:
    return request.form.get(name, "").replace("\0", "")[:length]
