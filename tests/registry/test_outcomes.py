"""What each form does when it is approved; Forms 1, 2 and 4 have tests of their own."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.applications import number
from app.domain.errors import NotEntitled
from app.domain.people import State
from app.domain.people_errors import RequestOpen, StateForbids, UnknownPerson
from app.domain.requests import Kind, Status
from app.domain.requests import number as numbered
from app.registry import outcomes
from app.store import certificates
from app.store.tables import Application, Request, User
from tests import applying
from tests.examining import approve, approved, examined
from tests.powers import ask, logged, mails, told, user
from tests.stages import refused
from tests.world import World

ITEM = "section:credentials"


def draft(
    session: Session,
    login_id: str,
    *,
    actor: int,
    kind: Kind = Kind.INITIALISE_PASSWORD,
    delivery: str = "link",
    cast: World,
) -> Application:
    """Fill in Form 5 about somebody; an administrator from paper."""
    is_paper = actor == cast.operator
    made = applying.begun(session, cast, 5, actor=actor, is_paper=is_paper, account="")
    typed = {
        "login_id": login_id,
        "kind": kind.value,
        "reason": "Forgotten",
        "delivery": delivery,
    }
    applying.save(session, made, "credentials", typed)
    applying.attach(session, made, "identity_of_user")
    return made


def test_form_3_makes_the_certificate_in_the_same_transaction(stage: Session, cast: World) -> None:
    made = applying.submitted(stage, cast, 3)
    assert certificates.of_application(stage, made.id) is None
    approve(stage, examined(stage, cast, made), cast.approver)
    issued = certificates.of_application(stage, made.id)
    assert issued is not None and issued.issued_by == cast.approver


def test_form_5_runs_the_request_of_the_portal(stage: Session, cast: World) -> None:
    person = user(stage, "aoba-approver")
    person.email = "approver@aoba.example"
    made = applying.submit(
        stage, draft(stage, "aoba-approver", actor=cast.aoba_proposer, cast=cast)
    )
    assert stage.scalar(select(func.count()).select_from(Request)) == 0
    assert approve(stage, examined(stage, cast, made), cast.approver).letters == []
    request = stage.scalars(select(Request)).one()
    assert (request.kind, request.status, request.user_id) == (
        Kind.INITIALISE_PASSWORD,
        Status.APPROVED,
        person.id,
    )
    assert (request.asked_by, request.decided_by) == (cast.aoba_proposer, cast.approver)
    assert person.password_hash is None
    assert ("approver@aoba.example", "password_link", True) in mails(stage)
    assert "password_initialised" in told(stage, cast.aoba_proposer)
    (entry,) = logged(stage, numbered(request.id))
    assert (entry.operation, entry.user_id) == ("approved initialise_password", cast.approver)
    assert entry.facts["application"] == number(made.id)


def test_form_5_reissues_a_login_id_and_prints_the_letter(stage: Session, cast: World) -> None:
    asked = {"kind": Kind.REISSUE_LOGIN_ID, "delivery": "letter", "cast": cast}
    made = applying.submit(stage, draft(stage, "aoba-proposer", actor=cast.aoba_proposer, **asked))
    (letter,) = approve(stage, examined(stage, cast, made), cast.approver).letters
    person = stage.get_one(User, cast.aoba_proposer)
    assert person.login_id != "aoba-proposer" and person.login_id.startswith("JP")
    assert letter.code.count("-") == 4
    assert made.decided_by == cast.approver


def test_form_5_is_for_oneself_a_colleague_or_from_paper_for_anyone(
    stage: Session, cast: World
) -> None:
    for login_id, actor in (
        ("outsider", cast.outsider),
        ("outsider-colleague", cast.outsider),
        ("aoba-approver", cast.aoba_approver),
        ("kaede-proposer", cast.operator),
    ):
        applying.submit(stage, draft(stage, login_id, actor=actor, cast=cast))
    for login_id, actor in (
        ("kaede-proposer", cast.outsider),
        ("nobody-at-all", cast.outsider),
        ("operator", cast.outsider),
        # Reading and approving is not asking.
        ("aoba-proposer", cast.aoba_approver),
        ("nobody-at-all", cast.operator),
    ):
        made = draft(stage, login_id, actor=actor, cast=cast)
        with refused(stage, UnknownPerson, field=ITEM, login_id=login_id):
            applying.submit(stage, made)
    made = draft(stage, "auditor", actor=cast.operator, cast=cast)
    with refused(stage, NotEntitled, field=ITEM):
        applying.submit(stage, made)
    assert outcomes.subject(stage, made) == user(stage, "auditor")


def test_form_5_is_checked_again_at_approval(stage: Session, cast: World) -> None:
    made = examined(
        stage,
        cast,
        applying.submit(stage, draft(stage, "aoba-approver", actor=cast.aoba_proposer, cast=cast)),
    )
    ask(stage, Kind.INITIALISE_PASSWORD, "aoba-approver", actor=cast.operator)
    with refused(stage, RequestOpen, field=ITEM):
        approve(stage, made, cast.approver)
    other = draft(stage, "outsider-colleague", actor=cast.outsider, cast=cast)
    examined(stage, cast, applying.submit(stage, other))
    user(stage, "outsider-colleague").state = State.SUSPENDED
    stage.flush()
    with refused(stage, StateForbids, field=ITEM):
        approve(stage, other, cast.approver)


def test_nobody_is_the_subject_of_another_form(stage: Session, cast: World) -> None:
    assert outcomes.subject(stage, approved(stage, cast, 3)) is None
