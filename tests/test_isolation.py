"""Two registries in one process: whatever one gives out is worth nothing in the other."""

import functools
import re
import sys
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from app.domain.ledger import Kind, transaction_number
from app.registry import links, passwords
from app.registry.logs import Origin
from app.store.tables import (
    AccessEntry,
    Certificate,
    LogEntry,
    Notification,
    Transaction,
    User,
)
from app.store.tables.credentials import Purpose
from app.web import cookies
from tests import authenticator, databases, mounted, world
from tests.authenticator import Passkey
from tests.mounted import Both, MountedClient
from tests.portal import Portal, counted, proposal
from tests.world import PASSWORD

#: The same people in both, by their login IDs, passwords and even passkeys: the worst case.
WHO = "aoba-proposer"
KINDS = (cookies.SESSION, cookies.DEVICE, cookies.APPLICATION)
#: Where a registry keeps what it tells people, and what was done in it.
TOLD = (Notification, LogEntry, AccessEntry, Transaction)
#: What modules keep while they run: made of the program alone, never of a registry's data.
CACHES = {
    "app.documents.aef_uploads._label",
    "app.documents.aef_uploads._names",
    "app.documents.flow.picture",
    "app.documents.fonts.load",
    "app.domain.forms._adapted",
    "app.domain.holidays.of_year",
    "app.domain.mongolian_holidays.of_year",
    "app.registry.passwords.common",
    # What the starting data says of a country, by the country.
    "app.registry.published._government",
    "app.registry.published.country",
    "app.store.credit_totals._divided_or_not",
    "app.store.credit_totals._known",
    "app.store.credit_totals._sums",
    "app.store.credits._counting",
    "app.store.credits._page",
    "app.web.pages._digest",
    # Blank papers, by their form, language and the name that stands on them.
    "app.web.procedures._blank",
    "app.web.procedures._document",
    "app.web.procedures._example",
    "app.web.procedures._word",
}


@pytest.fixture(scope="module", params=databases.ENGINES)
def both(request: pytest.FixtureRequest) -> Generator[Both, None, None]:
    with mounted.opened(request.param, api_limit="40 per minute") as made:
        yield made


def crossings(both: Both) -> Iterator[tuple[Portal, Portal]]:
    """Yield the registry that gives out, and the one in which it is tried."""
    yield both.jp, both.mn
    yield both.mn, both.jp


def code(portal: Portal) -> str:
    return str(portal.app.config["REGISTRY"].code)


def carried(kind: str, client: MountedClient, target: Portal) -> MountedClient:
    """Return somebody in the other registry with the cookies of this one, under its names."""
    thief = target.visitor()
    assert isinstance(thief, MountedClient)
    for word in KINDS:
        kept = client.get_cookie(f"{word}_{kind.lower()}")
        if kept is not None:
            thief.set_cookie(kept.key, kept.value)
            thief.set_cookie(f"{word}_{code(target).lower()}", kept.value)
    return thief


def signed_in(portal: Portal, login_id: str = WHO) -> MountedClient:
    client = portal.sign_in(login_id)
    assert isinstance(client, MountedClient)
    return client


def filled(rule: Rule, app: Flask) -> str:
    """Return an address of a route, with something in each of its places."""
    values: dict[str, Any] = {}
    for name in rule.arguments:
        converter = rule._converters[name]
        values[name] = "1"
        if hasattr(converter, "regex") and not re.fullmatch(converter.regex, "1"):
            values[name] = converter.regex.strip("(?:)").split("|")[0].replace("\\", "")
    found = app.url_map.bind("localhost").build(rule.endpoint, values)
    return str(found)


def test_no_session_of_one_registry_opens_any_route_of_the_other(both: Both) -> None:
    for giver, taker in crossings(both):
        whole, half = signed_in(giver, "system-administrator"), giver.visitor()
        half.get("/sign-in")
        half.send("/sign-in", login_id=WHO, password=PASSWORD)
        nobody = taker.visitor()
        assert isinstance(nobody, MountedClient)
        assert isinstance(half, MountedClient)
        tried = 0
        for client in (whole, half):
            thief = carried(code(giver), client, taker)
            for rule in taker.app.url_map.iter_rules():
                # What is public is read by nobody in particular, and the same for all.
                view = taker.app.view_functions[rule.endpoint]
                is_open = getattr(view, "access", "") == "public" or rule.endpoint == "static"
                methods = (rule.methods or set()) & ({"POST"} if is_open else {"GET", "POST"})
                if client is half and not rule.endpoint.startswith("sign_in."):
                    continue
                for method in methods:
                    address = filled(rule, taker.app)
                    sent = {"csrf_token": client.token} if method == "POST" else None
                    stolen = thief.raw(method, address, data=sent)
                    fresh = nobody.raw(method, address)
                    assert stolen.status_code == fresh.status_code, (method, address)
                    assert stolen.location == fresh.location, (method, address)
                    tried += 1
        assert tried > 200
        assert whole.get("/portal/").status_code == 200


def test_a_token_of_one_registry_changes_nothing_in_the_other(both: Both) -> None:
    for giver, taker in crossings(both):
        given, client = signed_in(giver), signed_in(taker)
        form = proposal(taker)
        before = len(taker.transactions())
        refused = client.raw("POST", "/portal/transfers", data={**form, "csrf_token": given.token})
        assert refused.status_code == 400
        assert len(taker.transactions()) == before
        own = client.raw("POST", "/portal/transfers", data={**form, "csrf_token": client.token})
        assert own.status_code == 422


def test_what_is_signed_for_one_registry_approves_nothing_in_the_other(both: Both) -> None:
    for giver, taker in crossings(both):
        given, client = signed_in(giver), signed_in(taker)
        taker.issued(100)
        form = proposal(taker)
        cookie = given.get_cookie(giver.app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        challenge = authenticator.proposal(authenticator.token(cookie.value), "transfers", form)
        signed = Passkey(login_id=WHO).given(challenge)
        before = len(taker.transactions())
        assert client.send("/portal/transfers", **form, assertion=signed).status_code == 422
        assert len(taker.transactions()) == before


def test_the_same_key_makes_one_proposal_in_each_registry(both: Both) -> None:
    key = world.key()
    for _giver, taker in crossings(both):
        taker.issued(100)
        client = signed_in(taker)
        before = len(taker.transactions())
        for _again in range(2):
            answer = client.send("/portal/transfers", **proposal(taker, key=key))
            assert answer.status_code == 303
        assert len(taker.transactions()) == before + 1
        assert f"/portal/transactions/{code(taker)}" in answer.location


def link(portal: Portal, purpose: Purpose) -> str:
    now = portal.app.config["CLOCK"]()

    def make(session: Session) -> str:
        person = session.get_one(User, portal.world.kaede_approver)
        return links.make(session, person, purpose, origin=Origin(None, "tests"), now=now)

    return portal.database.write(make)


def test_a_link_is_dead_in_the_other_registry(both: Both) -> None:
    for giver, taker in crossings(both):
        for purpose in (Purpose.PASSWORD, Purpose.ACTIVATION):
            secret = link(giver, purpose)
            assert giver.visitor().get(f"/links/{secret}").status_code == 200
            other, unknown = (
                taker.visitor().get(f"/links/{tried}") for tried in (secret, "x" * len(secret))
            )
            assert other.status_code == unknown.status_code == 410
            assert without_tokens(other.text, secret) == without_tokens(unknown.text, "x" * 43)


def test_an_application_is_opened_by_no_link_of_the_other_registry(both: Both) -> None:
    for giver, taker in crossings(both):
        visitor, own = giver.visitor(), taker.visitor()
        for one in (visitor, own):
            one.get("/applications/new")
            sent = {"applicant": "domestic", "email": "h@example.com", "key": world.key()}
            answer = one.send("/applications", **sent)
            assert answer.status_code == 303
        assert isinstance(visitor, MountedClient)
        found = re.search(r"/applications/A-[0-9]{6}", answer.location)
        assert found, answer.location
        address = found[0]
        assert own.get(address).status_code == visitor.get(address).status_code == 200
        thief = carried(code(giver), visitor, taker)
        assert thief.raw("GET", address).status_code == 404
        assert thief.raw("GET", "/applications/A-999999").status_code == 404


def test_numbers_of_one_registry_name_nothing_in_the_other(both: Both) -> None:
    for giver, taker in crossings(both):
        giver.issued(100)
        with giver.database.reading() as session:
            newest = session.query(Transaction.id).order_by(Transaction.id.desc()).first()
        assert newest is not None
        number, account = transaction_number(code(giver), newest[0]), giver.world.aoba
        client = signed_in(taker, "operator")
        for address in (
            f"/portal/transactions/{number}",
            f"/portal/transactions/{number}/statement.pdf",
            f"/portal/accounts/{account}",
            f"/portal/accounts/{account}/statement",
            f"/portal/accounts/{account}/trusted",
            f"/api/v1/transactions/{number}",
            f"/en/certificates?number={code(giver)}-C-0000000001&code=ABCD-EFGH",
        ):
            other = address.replace(number, f"{code(giver)}9999999999")
            client.raw("GET", address)
            with counted(taker) as for_named:
                named = client.raw("GET", address)
            with counted(taker) as for_unknown:
                unknown = client.raw("GET", other)
            assert named.status_code == unknown.status_code, address
            # It takes as long: the same is asked of the database.
            assert len(for_named) == len(for_unknown), address
            if "certificates" not in address:
                assert named.status_code == 404, address


def test_a_certificate_is_known_to_the_registry_that_issued_it_and_no_other(both: Both) -> None:
    for giver, taker in crossings(both):
        giver.issued(100)
        done = giver.database.write(
            lambda session, of=giver: world.moved(session, of.world, Kind.RETIREMENT, quantity=10)
        )
        number = transaction_number(code(giver), done)
        signed_in(giver).send(f"/portal/transactions/{number}/certificate", language="en")
        with giver.database.reading() as session:
            paper = session.scalars(select(Certificate).order_by(Certificate.id.desc())).first()
        assert paper is not None
        address = f"/en/certificates?number={paper.number}&code={paper.code}"
        assert paper.number in giver.visitor().get(address).text
        invented = address.replace(paper.code, "ABCD-EFGH")
        answers = [taker.visitor().get(one) for one in (address, invented)]
        assert answers[0].status_code == answers[1].status_code
        said = [
            one.text.replace(paper.code, "").replace("ABCD-EFGH", "").partition("<main")[2]
            for one in answers
        ]
        assert without_tokens(said[0], "") == without_tokens(said[1], "")


def test_what_happens_in_one_registry_is_told_nobody_of_the_other(both: Both) -> None:
    for giver, taker in crossings(both):
        with taker.database.reading() as session:
            before = [session.scalar(select(func.count(table.id))) for table in TOLD]
        giver.issued(100)
        signed_in(giver).send("/portal/transfers", **proposal(giver))
        giver.visitor().get("/en/credits?q=MN003")
        with taker.database.reading() as session:
            after = [session.scalar(select(func.count(table.id))) for table in TOLD]
        assert after == before, "no notification, no mail, no line of a log"


def test_a_cursor_leads_on_only_where_it_was_given_out(both: Both) -> None:
    for portal in (both.jp, both.mn):
        for _one in range(3):
            portal.issued(10)
    for giver, taker in crossings(both):
        client = giver.visitor()
        following = client.get("/api/v1/credits?page_size=1").get_json()["next"]
        assert isinstance(client, MountedClient)
        assert following.startswith(client.below("/api/v1/credits"))
        assert client.get(following).status_code == 200
        tried = following.removeprefix("/mn")
        assert taker.visitor().get(tried).status_code == 400


def test_whoever_asks_one_registry_too_often_is_still_answered_by_the_other(both: Both) -> None:
    network = {"REMOTE_ADDR": "203.0.113.9"}
    statuses = [
        both.jp.visitor().get("/api/v1/partner-countries", environ_base=network).status_code
        for _one in range(41)
    ]
    assert statuses == [200] * 40 + [429]
    answer = both.mn.visitor().get("/api/v1/partner-countries", environ_base=network)
    assert answer.status_code == 200


def test_what_keeps_one_registry_busy_leaves_room_in_the_other(both: Both) -> None:
    passwords._rooms["JP"]["192.0.2.1"] = passwords.ROOM
    try:
        busy = both.jp.visitor()
        busy.get("/sign-in")
        assert busy.send("/sign-in", login_id=WHO, password=PASSWORD).status_code == 503
        assert signed_in(both.mn).get("/portal/").status_code == 200
    finally:
        del passwords._rooms["JP"]["192.0.2.1"]


def test_a_registry_that_is_not_there_is_any_unknown_address(both: Both) -> None:
    visitor = both.jp.visitor()
    known, registry, near = (
        visitor.get(address) for address in ("/nothing/en/", "/vn/en/", "/mnx/en/")
    )
    assert known.status_code == registry.status_code == near.status_code == 404
    assert known.text.replace("/nothing/", "/vn/") == registry.text
    assert dict(known.headers).keys() == dict(registry.headers).keys()
    assert both.jp.app.config["REGISTRY"].name.en in near.text


def test_cookies_have_the_name_of_the_registry_that_sets_them(both: Both) -> None:
    names = {}
    for portal in (both.jp, both.mn):
        client = signed_in(portal)
        client.get("/language/ja")
        names[code(portal)] = {one.key for one in client._cookies.values()}
    assert names["JP"] and not names["JP"] & names["MN"]
    assert all(name.endswith("_mn") for name in names["MN"])


def test_modules_keep_nothing_of_what_a_registry_holds(both: Both) -> None:
    found = {name for name, _cache in kept_by_functions()}
    assert found <= CACHES, found - CACHES
    before = dict(kept_by_modules())
    for portal in (both.jp, both.mn):
        client = signed_in(portal)
        for address in ("/portal/", "/portal/holdings", "/en/credits", "/ja/disclosure"):
            assert client.get(address).status_code == 200
    after = dict(kept_by_modules())
    assert {name: size for name, size in after.items() if before.get(name) != size} == {}


def modules() -> Iterator[tuple[str, Any]]:
    for name, module in list(sys.modules.items()):
        if name.startswith("app."):
            yield from ((f"{name}.{word}", value) for word, value in vars(module).items())


def kept_by_functions() -> Iterator[tuple[str, Any]]:
    for name, value in modules():
        is_own = getattr(value, "__module__", "") == name.rpartition(".")[0]
        if isinstance(value, functools._lru_cache_wrapper) and is_own:
            yield name, value


def kept_by_modules() -> Iterator[tuple[str, int]]:
    """Yield the size of everything that a module could add to while it runs."""
    for name, value in modules():
        if isinstance(value, dict | list | set) and not name.endswith("__"):
            yield name, len(value)


def without_tokens(text: str, secret: str) -> str:
    return re.sub(r'value="[^"]*"', "", text.replace(secret, ""))
