"""Who gets what: every route of the portal, for every right and role and state of the account.

The table says what each person is answered; a route that is not in it fails the test. Forms are
sent empty: 422 is the answer to somebody who may send them.
"""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.accounts import State
from app.domain.announcements import Kind as Announced
from app.domain.applications import number as application_number
from app.domain.applications import request_number
from app.domain.requests import Asked, Kind
from app.domain.roles import Right
from app.registry import announcements, document_requests, requests, trust
from app.registry.document_requests import Wanted
from app.registry.effects import Setting
from app.registry.logs import Origin
from app.store.tables import Account, Delivered, Representative, SecondFactor, SignedIn
from app.store.tables.sessions import Stage as SignedInStage
from tests import applying, world
from tests.journeys import article6, publishing, reconciling
from tests.journeys.matrix import ANSWERS, PEOPLE, STATEFUL
from tests.portal import Portal, PortalClient, number, opened, proposal

#: States of Aoba's account beside the open one; applied for, it is not there for holders.
STATES: Final = [state for state in State if state is not State.OPEN]


@dataclass
class Stage:
    """A registry with one of everything in it, and everybody signed in."""

    portal: Portal
    clients: dict[str, PortalClient]
    #: What the parameters of addresses stand for: everything is Aoba's, or its proposer's.
    objects: dict[str, str]

    def answer(self, who: str, method: str, address: str) -> int:
        """Return the status that somebody gets; a form is sent empty."""
        client = self.clients[who]
        sent = {"csrf_token": client.token} if method == "POST" else None
        # As it is: whether pages are sound is tested elsewhere, and takes longer.
        return FlaskClient.open(client, address, method=method, data=sent).status_code


@pytest.fixture(scope="module")
def stage() -> Generator[Stage, None, None]:
    with opened("sqlite") as portal:
        portal.database.write(lambda session: _people(session, portal))
        portal.issued(1_000)
        clients = {who: portal.sign_in(login_id) for who, login_id in PEOPLE.items()}
        clients["visitor"] = portal.visitor()
        both, approver = clients["both"], clients["approve"]
        done = number(both.send("/portal/transfers", **proposal(portal, quantity="10")))
        approver.send(f"/portal/transactions/{done}/approval")
        made = {
            name: number(both.send("/portal/transfers", **proposal(portal, quantity="20")))
            for name in ("waiting", "withdrawn", "claimed")
        }
        objects = portal.database.write(lambda session: _objects(session, portal))
        objects |= portal.database.write(lambda session: _applications(session, portal))
        yield Stage(portal, clients, objects | made | {"done": done})


def _people(session: Session, portal: Portal) -> None:
    """Give Aoba somebody who reads and somebody who only proposes."""
    account = session.scalars(select(Account).where(Account.number == portal.world.aoba)).one()
    for login_id, right in (("aoba-reader", Right.READ), ("aoba-drafter", Right.PROPOSE)):
        user = world.person(session, login_id)
        session.add(Representative(user_id=user, account_id=account.id, right=right))
    session.flush()


def _objects(session: Session, portal: Portal) -> dict[str, str]:
    now = datetime.now(UTC)
    cast = portal.world
    setting = Setting("JP", portal.app.extensions["vault"], Origin())
    asked = Asked(Kind.CHANGE_RIGHT, login_id="aoba-reader", account=cast.aoba, right=Right.PROPOSE)
    request = requests.ask(
        session, asked, key="matrix", actor=cast.aoba_proposer, setting=setting, now=now
    )
    announced = {
        name: announcements.schedule(
            session,
            Announced.NOTICE,
            texts={"title_en": name, "title_ja": "題名", "text_en": "Words", "text_ja": "本文"},
            starts_at=now + timedelta(days=1),
            ends_at=now + timedelta(days=2),
            actor=cast.system_administrator,
            now=now,
        )
        for name in ("announcement", "ended")
    }
    trusted = {
        name: str(
            trust.propose(session, cast.aoba, target, key=name, actor=cast.aoba_proposer, now=now)
        )
        for name, target in (("trusted", cast.kaede), ("dropped", cast.outside))
    }
    told = select(Delivered.notification_id).where(Delivered.user_id == cast.aoba_proposer)
    factor = select(SecondFactor.id).where(SecondFactor.user_id == cast.aoba_proposer)
    opened_at = select(SignedIn.id).where(
        SignedIn.user_id == cast.aoba_proposer, SignedIn.stage == SignedInStage.PASSWORD
    )
    return (
        trusted
        | publishing.objects(session, cast, now)
        | article6.objects(session, cast, now)
        | reconciling.objects(session, cast, now)
        | {
            "account": cast.aoba,
            "request": requests.number(request),
            **{name: str(one) for name, one in announced.items()},
            "notification": str(session.scalars(told.limit(1)).one()),
            "person": str(cast.aoba_approver),
            "factor": str(session.scalars(factor.limit(1)).one()),
            "session": str(session.scalars(opened_at.limit(1)).one()),
        }
    )


def _applications(session: Session, portal: Portal) -> dict[str, str]:
    """Hand in an application that nobody examines yet, and ask Aoba for documents."""
    now, cast = datetime.now(UTC), portal.world
    setting = Setting("JP", portal.app.extensions["vault"], Origin())
    wanted = Wanted(["Seal certificate"], now + timedelta(days=30), account=cast.aoba)
    asked_for = {
        name: request_number(
            document_requests.ask(
                session, wanted, key=name, actor=cast.operator, setting=setting, now=now
            ).id
        )
        for name in ("documents", "dispensed")
    }
    application = applying.submitted(session, cast)
    return asked_for | {"application": application_number(application.id)}


def test_every_route_is_in_the_table(stage: Stage) -> None:
    routes = {
        f"{method} {rule.endpoint}"
        for rule in stage.portal.app.url_map.iter_rules()
        if rule.rule.startswith("/portal")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == {route for route, _address in ANSWERS}


@pytest.mark.parametrize(("route", "address"), ANSWERS)
def test_a_person_gets_what_the_table_says(stage: Stage, route: str, address: str) -> None:
    method = route.split(" ", 1)[0]
    path = address.format(**stage.objects)
    found = {who: stage.answer(who, method, path) for who in PEOPLE}
    assert found == dict(zip(PEOPLE, ANSWERS[route, address], strict=True))
    assert stage.answer("visitor", method, path) == (303 if method == "GET" else 401)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(("route", "address"), STATEFUL)
def test_the_state_of_the_account_changes_what_is_done_and_not_who_is_told(
    stage: Stage, route: str, address: str, state: State
) -> None:
    method = route.split(" ", 1)[0]
    path = address.format(**stage.objects)
    _put(stage, state)
    try:
        found = {who: stage.answer(who, method, path) for who in PEOPLE}
    finally:
        _put(stage, State.OPEN)
    said = STATEFUL[route, address]
    expected = said.get(state, ANSWERS[route, address])
    assert found == dict(zip(PEOPLE, expected, strict=True))


def _put(stage: Stage, state: State) -> None:
    """Put the account into a state, whatever the moves are."""

    def put(session: Session) -> None:
        query = select(Account).where(Account.number == stage.objects["account"])
        session.scalars(query).one().state = state

    stage.portal.database.write(put)
