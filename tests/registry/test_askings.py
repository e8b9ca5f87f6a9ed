"""What can be asked for: of whom one may know, which items it takes, and when it is possible."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.domain.accounts import State as AccountState
from app.domain.errors import (
    AccountStateForbids,
    AlreadyDone,
    NotEntitled,
    NotFound,
    RepresentativesMissing,
    Required,
    TooLong,
)
from app.domain.people import Acting, State
from app.domain.people_errors import (
    AdministratorCannotRepresent,
    EmailRefused,
    NotAnEmail,
    NothingChanged,
    RequestOpen,
    StateForbids,
    UnknownPerson,
)
from app.domain.requests import ON_ACCOUNT, Asked, Kind
from app.domain.roles import Right, Role
from app.registry import requests
from app.store.tables import Request
from tests.powers import NEWCOMER, approve, ask, done, right, three, user
from tests.stages import in_state, picture, refused
from tests.world import World

PROPOSER, APPROVER = "aoba-proposer", "aoba-approver"
ABOUT_PEOPLE = sorted(set(Kind) - ON_ACCOUNT - {Kind.ISSUE_LOGIN_ID})


def preview(session: Session, kind: Kind, login_id: str = "", *, actor: int, **asked: Any) -> None:
    requests.preview(session, Asked(kind, login_id, **asked), actor=actor)


def in_person_state(session: Session, login_id: str, state: State) -> None:
    user(session, login_id).state = state
    session.flush()


# Who may know of what


@pytest.mark.parametrize("kind", sorted(ON_ACCOUNT))
def test_an_account_of_others_is_answered_like_one_that_does_not_exist(
    stage: Session, cast: World, kind: Kind
) -> None:
    for number in (cast.kaede, "JP-121-999999-0-00", ""):
        with pytest.raises(NotFound):
            ask(
                stage,
                kind,
                "kaede-approver",
                account=number,
                right=Right.READ,
                actor=cast.aoba_proposer,
            )


def test_an_account_applied_for_does_not_exist_yet_to_its_future_people(
    stage: Session, cast: World
) -> None:
    in_state(stage, cast.aoba, AccountState.APPLIED)
    fields = {"account": cast.aoba, "right": Right.BOTH}
    with pytest.raises(NotFound):
        ask(stage, Kind.CHANGE_RIGHT, APPROVER, actor=cast.aoba_proposer, **fields)
    ask(stage, Kind.CHANGE_RIGHT, APPROVER, actor=cast.operator, **fields)


@pytest.mark.parametrize("kind", ABOUT_PEOPLE)
def test_a_representative_learns_of_nobody_elses_existence(
    stage: Session, cast: World, kind: Kind
) -> None:
    details = {"name_en": "A", "name_ja": "B", "email": "c@d.example"}
    before = picture(stage)
    for login_id in ("kaede-approver", APPROVER, "operator", "nobody", "x" * 500):
        with pytest.raises(NotFound):
            ask(stage, kind, login_id, actor=cast.aoba_proposer, **details)
    assert picture(stage) == before


@pytest.mark.parametrize("login_id", ["nobody", "operator", "kaede-suspended", "x" * 500])
def test_whom_one_may_not_add_is_answered_like_an_unknown_person(
    stage: Session, cast: World, login_id: str
) -> None:
    kaede = user(stage, "kaede-approver")
    kaede.login_id, kaede.state = "kaede-suspended", State.SUSPENDED
    stage.flush()
    with refused(stage, UnknownPerson, login_id=login_id[:200], field="login_id"):
        ask(
            stage,
            Kind.ADD_REPRESENTATIVE,
            login_id,
            account=cast.aoba,
            right=Right.READ,
            actor=cast.aoba_proposer,
        )


@pytest.mark.parametrize("who", ["aoba_approver", "reader", "auditor", "approver"])
def test_o15_nobody_asks_for_more_than_the_right_or_role_covers(
    stage: Session, cast: World, who: str
) -> None:
    if who == "reader":
        present = right(stage, cast.aoba, cast.aoba_approver)
        assert present is not None
        present.right = Right.READ
        stage.flush()
    actor = cast.aoba_approver if who == "reader" else getattr(cast, who)
    for kind in sorted(ON_ACCOUNT):
        with refused(stage, NotEntitled, action=kind):
            ask(stage, kind, PROPOSER, account=cast.aoba, right=Right.READ, actor=actor)


@pytest.mark.parametrize("kind", ABOUT_PEOPLE)
def test_only_a_system_administrator_asks_about_administrators(
    stage: Session, cast: World, kind: Kind
) -> None:
    details = {"name_en": "A", "name_ja": "B", "email": "c@d.example"}
    with refused(stage, NotEntitled, action=kind):
        ask(stage, kind, "auditor", actor=cast.operator, **details)


def test_only_a_system_administrator_asks_for_a_new_administrator(
    stage: Session, cast: World
) -> None:
    fields = {"role": Role.OPERATOR, **NEWCOMER}
    with refused(stage, NotEntitled):
        ask(stage, Kind.ISSUE_LOGIN_ID, actor=cast.operator, **fields)
    ask(stage, Kind.ISSUE_LOGIN_ID, actor=cast.system_administrator, **fields)


@pytest.mark.parametrize("kind", [Kind.CHANGE_ROLE, Kind.SUSPEND_PERSON, Kind.REISSUE_LOGIN_ID])
def test_nobody_asks_for_a_change_of_their_own_powers(
    stage: Session, cast: World, kind: Kind
) -> None:
    with refused(stage, NotEntitled, action=kind):
        ask(stage, kind, "system-administrator", actor=cast.system_administrator)


# Items


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.ADD_REPRESENTATIVE, Kind.ISSUE_LOGIN_ID}))
def test_a_request_names_whom_it_is_about(stage: Session, cast: World, kind: Kind) -> None:
    with refused(stage, Required, field="login_id"):
        ask(stage, kind, " ", account=cast.aoba, actor=cast.operator)


@pytest.mark.parametrize(
    ("item", "typed", "refusal"),
    [
        ("name_en", " ", Required),
        ("name_en", "n" * 101, TooLong),
        ("name_ja", "名" * 101, TooLong),
        ("email", "", Required),
        ("email", "e" * 257, TooLong),
        ("email", "hanako", NotAnEmail),
        ("email", "hanako@", NotAnEmail),
        ("email", "a@b.example, c@d.example", NotAnEmail),
        ("email", "a@b.example\nBcc: c@d.example", NotAnEmail),
    ],
)
def test_a_newcomer_has_names_and_an_address(
    stage: Session, cast: World, item: str, typed: str, refusal: type[Required]
) -> None:
    with refused(stage, refusal, field=item):
        ask(stage, Kind.ISSUE_LOGIN_ID, actor=cast.operator, **NEWCOMER | {item: typed})


def test_the_address_of_another_is_refused_in_any_case(stage: Session, cast: World) -> None:
    user(stage, "outsider").email = "Hanako@Aoba.example"
    stage.flush()
    with refused(stage, EmailRefused, field="email"):
        ask(stage, Kind.ISSUE_LOGIN_ID, actor=cast.operator, **NEWCOMER)
    with refused(stage, EmailRefused, field="email"):
        details = {"name_en": "A", "name_ja": "B", "email": NEWCOMER["email"]}
        ask(stage, Kind.CHANGE_DETAILS, PROPOSER, actor=cast.aoba_proposer, **details)


def test_a_right_is_named_where_one_is_given(stage: Session, cast: World) -> None:
    for kind, login_id in ((Kind.ADD_REPRESENTATIVE, "outsider"), (Kind.CHANGE_RIGHT, APPROVER)):
        with refused(stage, Required, field="right"):
            ask(stage, kind, login_id, account=cast.aoba, actor=cast.operator)


def test_names_change_without_an_address_where_there_is_none(stage: Session, cast: World) -> None:
    details = {"name_en": "Aoba Proposer", "name_ja": "青葉"}
    identifier = ask(stage, Kind.CHANGE_DETAILS, PROPOSER, actor=cast.aoba_proposer, **details)
    request = stage.get_one(Request, identifier)
    assert (request.asked, request.before["name_ja"]) == ({"name_ja": "青葉"}, "Aoba Proposer")


def test_a_newcomer_reads_one_of_the_two_languages(stage: Session, cast: World) -> None:
    identifier = ask(stage, Kind.ISSUE_LOGIN_ID, actor=cast.operator, language="tlh", **NEWCOMER)
    assert stage.get_one(Request, identifier).asked["language"] == "en"


# What is possible


@pytest.mark.parametrize(
    ("kind", "login_id", "fields", "refusal", "field"),
    [
        (Kind.ADD_REPRESENTATIVE, APPROVER, {"right": Right.BOTH}, AlreadyDone, "login_id"),
        (Kind.CHANGE_RIGHT, APPROVER, {"right": Right.APPROVE}, NothingChanged, "right"),
        (Kind.CHANGE_RIGHT, APPROVER, {"right": Right.READ}, RepresentativesMissing, "right"),
        (Kind.CHANGE_RIGHT, "outsider", {"right": Right.READ}, AlreadyDone, "login_id"),
        (Kind.REMOVE_REPRESENTATIVE, APPROVER, {}, RepresentativesMissing, "login_id"),
        (Kind.REMOVE_REPRESENTATIVE, "outsider", {}, AlreadyDone, "login_id"),
        (Kind.SUSPEND_REPRESENTATIVE, "outsider", {}, AlreadyDone, "login_id"),
        (Kind.RESTORE_REPRESENTATIVE, APPROVER, {}, AlreadyDone, "login_id"),
        (Kind.CHANGE_ROLE, "auditor", {"role": Role.AUDITOR}, AlreadyDone, "role"),
        (Kind.CHANGE_ROLE, PROPOSER, {"role": Role.AUDITOR}, AdministratorCannotRepresent, "role"),
        (Kind.RESTORE_PERSON, PROPOSER, {}, StateForbids, "login_id"),
        (Kind.DEACTIVATE_PERSON, PROPOSER, {}, RepresentativesMissing, "login_id"),
    ],
)
def test_what_cannot_be_done_is_not_asked_for(
    stage: Session,
    cast: World,
    kind: Kind,
    login_id: str,
    fields: dict[str, Any],
    refusal: type[AlreadyDone],
    field: str,
) -> None:
    asked = {"actor": cast.system_administrator, **fields}
    if kind in ON_ACCOUNT:
        asked["account"] = cast.aoba
    with refused(stage, refusal, field=field):
        ask(stage, kind, login_id, **asked)
    with refused(stage, refusal, field=field):
        preview(stage, kind, login_id, **asked)


def test_an_administrator_represents_no_holder(stage: Session, cast: World) -> None:
    fields = {"account": cast.aoba, "right": Right.READ}
    with refused(stage, AdministratorCannotRepresent, field="login_id"):
        ask(stage, Kind.ADD_REPRESENTATIVE, "auditor", actor=cast.system_administrator, **fields)


@pytest.mark.parametrize("state", [State.SUSPENDED, State.DEACTIVATION_PENDING])
@pytest.mark.parametrize(
    "kind", [Kind.ADD_REPRESENTATIVE, Kind.INITIALISE_PASSWORD, Kind.REISSUE_LOGIN_ID]
)
def test_whoever_is_stopped_gets_no_new_powers_and_no_new_way_in(
    stage: Session, cast: World, kind: Kind, state: State
) -> None:
    in_person_state(stage, "outsider", state)
    fields = {"account": cast.aoba, "right": Right.READ} if kind in ON_ACCOUNT else {}
    with refused(stage, StateForbids, state=state, field="login_id"):
        ask(stage, kind, "outsider", actor=cast.operator, **fields)


@pytest.mark.parametrize("kind", ABOUT_PEOPLE)
def test_o13_nothing_is_asked_for_about_somebody_deactivated(
    stage: Session, cast: World, kind: Kind
) -> None:
    in_person_state(stage, "outsider", State.DEACTIVATED)
    details = {"name_en": "A", "name_ja": "B", "email": "c@d.example"}
    with refused(stage, StateForbids, state=State.DEACTIVATED, field="login_id"):
        ask(stage, kind, "outsider", actor=cast.system_administrator, **details)


def test_o13_a_second_deactivation_is_refused_while_one_is_pending(
    stage: Session, cast: World
) -> None:
    three(stage, cast)
    ask(stage, Kind.DEACTIVATE_PERSON, PROPOSER, actor=cast.aoba_proposer)
    with refused(stage, RequestOpen, field="login_id"):
        ask(stage, Kind.DEACTIVATE_PERSON, PROPOSER, actor=cast.operator)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Kind.SUSPEND_PERSON, Kind.RESTORE_PERSON),
        (Kind.SUSPEND_PERSON, Kind.DEACTIVATE_PERSON),
        (Kind.SUSPEND_PERSON, Kind.REPLACE_SECOND_FACTOR),
        (Kind.REPLACE_SECOND_FACTOR, Kind.RESTORE_PERSON),
        (Kind.REPLACE_SECOND_FACTOR, Kind.SUSPEND_PERSON),
        (Kind.DEACTIVATE_PERSON, Kind.SUSPEND_PERSON),
        (Kind.SUSPEND_REPRESENTATIVE, Kind.RESTORE_REPRESENTATIVE),
    ],
)
def test_whoever_was_stopped_comes_back_by_the_end_of_that_request_alone(
    stage: Session, cast: World, first: Kind, second: Kind
) -> None:
    three(stage, cast)
    fields = {"account": cast.aoba} if first in ON_ACCOUNT else {}
    ask(stage, first, PROPOSER, actor=cast.operator, **fields)
    with refused(stage, RequestOpen, field="login_id"):
        ask(stage, second, PROPOSER, actor=cast.system_administrator, **fields)


def test_a_request_about_one_account_does_not_stand_in_the_way_on_another(
    stage: Session, cast: World
) -> None:
    three(stage, cast)
    fields = {"right": Right.READ, "actor": cast.operator}
    ask(stage, Kind.CHANGE_RIGHT, "outsider", account=cast.aoba, **fields)
    with refused(stage, RequestOpen):
        ask(stage, Kind.CHANGE_RIGHT, "outsider", account=cast.aoba, **fields)
    with refused(stage, RepresentativesMissing):
        ask(stage, Kind.CHANGE_RIGHT, "outsider", account=cast.outside, **fields)


def test_nobody_comes_to_a_closed_account(stage: Session, cast: World) -> None:
    identifier = ask(
        stage,
        Kind.ADD_REPRESENTATIVE,
        account=cast.aoba,
        right=Right.READ,
        actor=cast.operator,
        **NEWCOMER,
    )
    in_state(stage, cast.aoba, AccountState.CLOSED)
    with refused(stage, AccountStateForbids, number=cast.aoba, field="account"):
        approve(stage, identifier, actor=cast.approver)
    with refused(stage, AccountStateForbids, number=cast.aoba, field="account"):
        fields = {"account": cast.aoba, "right": Right.READ}
        ask(stage, Kind.ADD_REPRESENTATIVE, "outsider", actor=cast.operator, **fields)


@pytest.mark.parametrize("how", ["on the account", "altogether"])
def test_a_suspended_person_keeps_no_account_workable(
    stage: Session, cast: World, how: str
) -> None:
    three(stage, cast)
    if how == "altogether":
        in_person_state(stage, "outsider", State.SUSPENDED)
    else:
        present = right(stage, cast.aoba, cast.outsider)
        assert present is not None
        present.state = Acting.SUSPENDED
        stage.flush()
    for kind in (Kind.REMOVE_REPRESENTATIVE, Kind.DEACTIVATE_PERSON):
        fields = {"account": cast.aoba} if kind in ON_ACCOUNT else {}
        with refused(stage, RepresentativesMissing, field="login_id"):
            ask(stage, kind, PROPOSER, actor=cast.operator, **fields)


def test_a_reader_may_always_go(stage: Session, cast: World) -> None:
    fields = {"account": cast.aoba, "right": Right.READ}
    done(stage, cast, Kind.ADD_REPRESENTATIVE, "outsider", **fields)
    done(stage, cast, Kind.REMOVE_REPRESENTATIVE, "outsider", account=cast.aoba)
    assert right(stage, cast.aoba, cast.outsider) is None
