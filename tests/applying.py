"""Applications as the tests need them: begun, filled in with the examples, handed in."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.forms import examples, rules
from app.domain.forms.spec import Applicant
from app.registry import applications, attachments, filling
from app.registry.applications import Begun
from app.registry.attachments import Received
from app.registry.filling import Filler
from app.store import applications as questions
from app.store.tables import Application
from tests import world
from tests.powers import SETTING
from tests.world import NOW, World

#: A visitor's address, to which mail goes; to one under .example none does.
VISITOR = "hanako@example.com"


def begun(
    session: Session,
    cast: World,
    form: int = 3,
    *,
    actor: int | None = None,
    now: datetime = NOW,
    **asked: Any,
) -> Application:
    """Begin an application about Aoba's account as the one who proposes there."""
    about: dict[str, Any] = {} if form == 1 else {"account": cast.aoba}
    given = Begun(form, Applicant.DOMESTIC, **about | asked)
    who = cast.aoba_proposer if actor is None else actor
    return applications.start(session, given, key=world.key(), actor=who, now=now)


def visited(session: Session, *, email: str = VISITOR) -> tuple[Application, Filler]:
    """Begin an application as a visitor; return it with whoever holds its link."""
    made, secret = applications.start_as_visitor(
        session,
        Applicant.DOMESTIC,
        email=email,
        language="ja",
        key=world.key(),
        setting=SETTING,
        now=NOW,
    )
    return made, Filler(secret=secret)


def save(
    session: Session,
    application: Application,
    section: str,
    typed: dict[str, str],
    *,
    by: Filler | None = None,
    now: datetime = NOW,
) -> None:
    """Save a section as somebody who has just opened it, and find nothing wrong."""
    seen = applications.fingerprint(application.answers.get(section, {}))
    who = by or Filler(application.started_by)
    assert not applications.save(
        session, application.id, section, typed, seen=seen, by=who, now=now
    )


def fill(session: Session, application: Application, *, by: Filler | None = None) -> None:
    """Fill in every section with its example, and attach every document that is needed."""
    form = filling.form_of(application)
    for key, typed in examples.filled(form, application.applicant).items():
        save(session, application, key, typed, by=by)
    needed = rules.needed(form, application.applicant, application.answers, application.before)
    for document in needed:
        attach(session, application, document.key, by=by)


def attach(
    session: Session, application: Application, document: str, *, by: Filler | None = None
) -> None:
    """Attach a small file."""
    who = by or Filler(application.started_by)
    attachments.attach(session, application.id, document, file(document), by=who, now=NOW)


def file(name: str) -> Received:
    """Return a small file, as it is once it was looked at."""
    content = f"%PDF {name}".encode()
    digest = hashlib.sha256(content).digest()
    return Received(f"{name}.pdf", "application/pdf", content, digest)


def submit(
    session: Session, application: Application, *, by: Filler | None = None, now: datetime = NOW
) -> Application:
    """Hand an application in as the one who began it."""
    who = by or Filler(application.started_by)
    return applications.submit(session, application.id, by=who, setting=SETTING, now=now)


def submitted(session: Session, cast: World, form: int = 3, **asked: Any) -> Application:
    """Begin an application, fill it in and hand it in."""
    made = begun(session, cast, form, **asked)
    fill(session, made)
    return submit(session, made)


def events(session: Session, application: Application) -> list[str]:
    """Return what happened to an application, oldest first."""
    return [step.event.value for step in questions.steps(session, application.id)]


def items(application: Application) -> list[str]:
    """Return the items of an application's checklist."""
    form = filling.form_of(application)
    return [item for item, _label in form.items_for(application.applicant)]
