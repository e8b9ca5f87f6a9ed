"""Form 1: on approval the holder is recorded, the account opened, and its people written to."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.accounts import Kind, State
from app.domain.applications import Status, number
from app.domain.errors import RepresentativesMissing
from app.domain.form_errors import SamePerson
from app.domain.forms.record import published
from app.domain.forms.spec import Applicant
from app.domain.people import State as PersonState
from app.domain.people_errors import AdministratorCannotRepresent, EmailRefused, UnknownPerson
from app.domain.roles import Right
from app.store import accounts
from app.store import applications as questions
from app.store.tables import Account, Application, Holder, Link, User
from tests import applying, world
from tests.examining import approve, examined
from tests.powers import logged, mails, seen, told
from tests.stages import picture, refused
from tests.world import NOW, World

FIRST, SECOND = "section:person_1", "section:person_2"


def opening(session: Session, cast: World, **given: dict[str, str]) -> Application:
    """Fill in Form 1 as an outsider, with other answers where they are given by section."""
    made = applying.begun(session, cast, 1, actor=cast.outsider)
    applying.fill(session, made)
    for key, typed in given.items():
        applying.save(session, made, key, {**made.answers.get(key, {}), **typed})
    return made


def ready(session: Session, cast: World, **given: dict[str, str]) -> Application:
    """Hand Form 1 in and let the operator examine it."""
    return examined(session, cast, applying.submit(session, opening(session, cast, **given)))


def opened(session: Session, application: Application) -> Account:
    assert application.account_id is not None
    return session.get_one(Account, application.account_id)


def test_o20_approval_opens_the_account_with_the_applied_name_and_people(
    stage: Session, cast: World
) -> None:
    made = ready(stage, cast)
    assert made.account_id is None
    assert approve(stage, made, cast.approver).status is Status.APPROVED
    account = opened(stage, made)
    assert (account.kind, account.state, account.opened_at) == (Kind.ENTITY, State.OPEN, NOW)
    assert accounts.balance(stage.connection(), account.id) == 0
    holder = account.holder
    assert (holder.name_en, holder.name_ja, holder.country) == (
        "Mihon Trading Co., Ltd.",
        "見本商事株式会社",
        "JP",
    )
    assert holder.head_office_ja == "東京都千代田区霞が関一丁目2番3号 見本ビル4階"
    people = {
        stage.get_one(User, one.user_id).email: one.right
        for one in accounts.representatives(stage, account.id)
    }
    assert people == {
        "user1@mihon.example": Right.PROPOSE,
        "user2@mihon.example": Right.APPROVE,
    }
    record = questions.record(stage, holder.id)
    assert record is not None and record.application_id == made.id
    assert record.answers["holder"]["corporate_number"] == "9000000000000"
    assert set(record.answers) == {"holder", "signatory", "head_office", "contact", "department"}
    # The applicant, who does not act on it, is told its number.
    assert told(stage, cast.outsider)[-2:] == ["account_opened", "application_approved"]
    (moved,) = [
        one for one in logged(stage, account.number) if one.operation == "change account state"
    ]
    assert number(made.id) in moved.facts["reason"]


def test_o20_new_people_get_a_login_id_and_the_way_to_their_first_sign_in(
    stage: Session, cast: World
) -> None:
    before = len(mails(stage))
    made = ready(stage, cast)
    assert approve(stage, made, cast.approver).letters == []
    written = [(to, kind) for to, kind, sealed in mails(stage)[before:] if sealed]
    assert written == [
        ("user1@mihon.example", "activation_link"),
        ("user2@mihon.example", "activation_link"),
    ]
    for one in accounts.representatives(stage, opened(stage, made).id):
        user = stage.get_one(User, one.user_id)
        assert (user.state, user.password_hash, user.role) == (PersonState.ACTIVE, None, None)
        assert user.login_id.startswith("JP") and user.language == "ja"
        assert told(stage, user.id)[:2] == ["account_opened", "login_id_issued"]
        assert stage.scalars(select(Link).where(Link.user_id == user.id)).one().used_at is None


def test_who_has_a_login_id_goes_on_with_it_unchanged(stage: Session, cast: World) -> None:
    person = {"login_id": "outsider", "name_en": "Another Name", "email": "new@mihon.example"}
    made = ready(stage, cast, person_1=person)
    approve(stage, made, cast.approver)
    user = stage.get_one(User, cast.outsider)
    assert (user.name_en, user.email) == ("Outsider", None)
    assert seen(stage, cast.outsider) == [cast.outside, opened(stage, made).number]
    assert "login_id_issued" not in told(stage, cast.outsider)


def test_o28_the_future_account_is_not_found_by_its_future_people(
    stage: Session, cast: World
) -> None:
    before = stage.scalars(select(Account.number)).all()
    made = ready(stage, cast, person_1={"login_id": "outsider"})
    assert stage.scalars(select(Account.number)).all() == before
    assert seen(stage, cast.outsider) == [cast.outside]
    approve(stage, made, cast.approver)
    assert len(seen(stage, cast.outsider)) == 2


@pytest.mark.parametrize(
    "other",
    [
        {"email": "USER1@mihon.example"},
        {"login_id": "outsider-colleague"},
    ],
)
def test_case_120_the_same_person_twice_is_refused(
    stage: Session, cast: World, other: dict[str, str]
) -> None:
    made = opening(stage, cast, person_1={"login_id": other.get("login_id", "")}, person_2=other)
    with refused(stage, SamePerson, field=SECOND):
        applying.submit(stage, made)


def test_case_120_a_person_named_by_login_id_and_again_by_mail_is_refused_on_approval(
    stage: Session, cast: World
) -> None:
    stage.get_one(User, cast.outsider).email = "user2@mihon.example"
    stage.flush()
    made = ready(stage, cast, person_1={"login_id": "outsider"})
    with refused(stage, SamePerson, field=SECOND):
        approve(stage, made, cast.approver)


def test_case_124_the_people_named_must_together_propose_and_approve(
    stage: Session, cast: World
) -> None:
    for rights in (("read", "both"), ("propose", "propose"), ("approve", "read")):
        first, second = ({"right": right} for right in rights)
        made = opening(stage, cast, person_1=first, person_2=second)
        with refused(stage, RepresentativesMissing, field=FIRST):
            applying.submit(stage, made)


def test_administrators_never_act_on_an_account_and_unknown_ids_are_nobody(
    stage: Session, cast: World
) -> None:
    # The outsider is not told which login IDs there are; the administrators are.
    for login_id, refusal in (
        ("auditor", AdministratorCannotRepresent),
        ("nobody-at-all", UnknownPerson),
    ):
        made = ready(stage, cast, person_2={"login_id": login_id})
        with refused(stage, refusal, field=SECOND):
            approve(stage, made, cast.approver)
        assert made.status is Status.EXAMINED
    stage.get_one(User, cast.outsider).state = PersonState.SUSPENDED
    stage.flush()
    made = applying.begun(stage, cast, 1, actor=cast.operator, is_paper=True)
    applying.fill(stage, made)
    applying.save(stage, made, "person_2", {**made.answers["person_2"], "login_id": "outsider"})
    with refused(stage, UnknownPerson, field=SECOND):
        applying.submit(stage, made)


def test_o11_an_address_that_is_somebodys_is_told_to_administrators_alone(
    stage: Session, cast: World
) -> None:
    stage.get_one(User, cast.kaede_proposer).email = "Taken@mihon.example"
    stage.flush()
    made = ready(stage, cast, person_1={"email": "taken@mihon.example"})
    with refused(stage, EmailRefused, field=FIRST):
        approve(stage, made, cast.approver)


def test_a_foreign_holder_and_an_individual_are_recorded_as_they_are() -> None:
    abroad = {
        "holder": {"name_en": "Sample Energy LLC", "country": "MN"},
        "head_office": {"address_en": "Ulaanbaatar"},
    }
    assert published(Applicant.FOREIGN, abroad) == {
        "name_en": "Sample Energy LLC",
        "name_ja": None,
        "head_office_en": "Ulaanbaatar",
        "head_office_ja": None,
    }
    person = {
        "holder": {"person_en": "Hanako Mihon", "person_ja": "見本 花子"},
        "project_office": {"address_en": "Tokyo", "address_ja": "東京都"},
    }
    assert published(Applicant.INDIVIDUAL, person) == {
        "name_en": "Hanako Mihon",
        "name_ja": "見本 花子",
        "head_office_en": "Tokyo",
        "head_office_ja": "東京都",
    }


def test_each_opening_records_a_holder_of_its_own(stage: Session, cast: World) -> None:
    made = ready(stage, cast)
    taken = number(made.id).lower()
    stage.add(Holder(reference=taken, name_en="Somebody else"))
    stage.flush()
    approve(stage, made, cast.approver)
    assert opened(stage, made).holder.reference == f"{taken}-2"


def test_a_failure_in_the_middle_of_an_opening_leaves_nothing(engine: str) -> None:
    with world.populated(engine) as (database, cast):
        identifier = database.write(lambda session: ready(session, cast).id)
        with database.reading() as session:
            before = picture(session)

        def fails(session: Session) -> None:
            approve(session, session.get_one(Application, identifier), cast.approver)
            session.add(Holder(reference="aoba-energy", name_en="Twice"))
            session.flush()

        with pytest.raises(IntegrityError):
            database.write(fails)
        with database.reading() as session:
            assert picture(session) == before
