"""The pages on authorizations: entered, changed, revoked, and what is wrong said at its field."""

import re
from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from app.domain.authorizations import Change, Standing
from app.store.tables import AuthorizationVersion
from tests import article6
from tests.portal import Portal, PortalClient, counted, error_summary

ADDRESS: Final = "/portal/article6/authorizations"
FORM: Final = {
    "identifier": "JPN 2026-1",
    "approach": article6.CODE,
    "authorized_on": "2026-01-05",
    "effective_on": "1/2/2026",
    "purpose": "ndc_and_oimp",
    "oimp": "CORSIA",
    "definition": "use_or_cancellation",
    "metric": "ghg",
    "quantity": "５,000",
    "vintage_first": "2021",
    "vintage_last": "2030年",
    "parties": "jpn, che",
    "sectors": "Energy generation",
    "entities": "2",
    "entity_2_name": "Aoba Energy",
    "entity_2_country": "jpn",
    "entity_2_number": "1234567890123",
    "key": "first",
}


def opened(portal: Portal, login_id: str = "operator", language: str = "en") -> PortalClient:
    return portal.sign_in(login_id, language)


def approach(portal: Portal) -> None:
    portal.database.write(lambda session: article6.approach(session, definition=None) and None)


def versions(portal: Portal) -> Sequence[AuthorizationVersion]:
    with portal.database.reading() as session:
        found = session.scalars(select(AuthorizationVersion).order_by(AuthorizationVersion.id))
        return found.all()


def approved(portal: Portal, form: dict[str, str] = FORM) -> PortalClient:
    """Enter an authorization and approve it; returns the operator's client."""
    client = opened(portal)
    assert client.send(ADDRESS, **form).status_code == 303
    decide(portal, versions(portal)[-1].id)
    return client


def decide(portal: Portal, version: int) -> None:
    approver = opened(portal, "approver")
    address = f"{ADDRESS}/versions/{version}/approval"
    (seen,) = re.findall(r'name="seen" value="(\w+)"', approver.get(address).text)
    assert approver.send(address, seen=seen).status_code == 303


def test_an_authorization_is_entered_once_shown_and_listed(portal: Portal) -> None:
    approach(portal)
    client = opened(portal)
    answers = [client.send(ADDRESS, **FORM) for _ in range(2)]
    assert {one.location for one in answers} == {f"{ADDRESS}/JPN%202026-1?saved=yes"}
    (made,) = versions(portal)
    assert (made.quantity, made.parties, made.vintage_last) == (5_000, "JPN CHE", 2030)
    assert made.effective_on.isoformat() == "2026-02-01"
    for language, words in (
        ("en", ("Waiting for approval", "5,000 tCO₂", "Aoba Energy", "(k)", "Stand-in")),
        ("ja", ("承認待ち", "5,000 tCO₂", "2026年2月1日", "エネルギー生成")),
    ):
        shown = opened(portal, "reviewer", language).get(f"{ADDRESS}/JPN 2026-1").text
        for word in words:
            assert word in shown
    with counted(portal) as statements:
        listed = client.get(f"{ADDRESS}?q=jpn&standing=waiting&approach={article6.CODE}")
    assert "JPN 2026-1" in listed.text
    assert len(statements) <= 12
    assert "JPN 2026-1" not in client.get(f"{ADDRESS}?purpose=imp").text
    assert client.get(f"{ADDRESS}?approach=CA0099").status_code == 422


def test_what_is_wrong_is_said_at_its_field_and_everything_typed_stays(portal: Portal) -> None:
    approach(portal)
    client = opened(portal)
    for changes, fields in (
        ({"identifier": "", "authorized_on": "2026-02-30"}, {"identifier", "authorized_on"}),
        ({"identifier": "承認"}, {"identifier"}),
        ({"quantity": "1.5", "vintage_first": "21"}, {"quantity", "vintage_first"}),
        ({"purpose": "", "metric": "x"}, {"purpose", "metric"}),
        ({"oimp": "", "sectors": "", "parties": "JP"}, {"oimp", "sectors", "parties"}),
        ({"entity_1_name": "Kaede"}, {"entity_1_country", "entity_1_number"}),
        ({"approach": "CA0099"}, {"approach"}),
        ({"projects": "XX999\0"}, {"projects"}),
        ({"authorized_on": "2199-01-01", "effective_on": "2199-01-01"}, {"authorized_on"}),
        ({"terms": "x" * 25_000}, {"terms"}),
    ):
        answer = client.send(ADDRESS, **FORM | changes)
        assert answer.status_code == 422, changes
        assert set(error_summary(answer.text)) == fields, changes
        assert "Aoba Energy" in answer.text
    assert versions(portal) == []
    assert {"Required", "UnknownChoice", "DateInFuture"} <= set(portal.refusals())
    taken = client.send(ADDRESS, **FORM)
    assert taken.status_code == 303
    other = client.send(ADDRESS, **FORM | {"quantity": "1"})
    assert (other.status_code, list(error_summary(other.text))) == (409, [""])
    again = client.send(ADDRESS, **FORM | {"key": "second"})
    assert list(error_summary(again.text)) == ["identifier"]
    more = client.send(ADDRESS, **FORM | {"more": "yes"})
    assert (more.status_code, more.text.count("<legend>Entity ")) == (200, 5)


def test_a_change_shows_what_it_changes_and_a_late_one_is_told(portal: Portal) -> None:
    approach(portal)
    client = approved(portal)
    first = versions(portal)[0].id
    address = f"{ADDRESS}/JPN 2026-1/versions/new"
    filled = client.get(address).text
    assert 'value="5000"' in filled
    assert f'name="seen" value="{first}"' in filled
    change = FORM | {"seen": str(first), "quantity": "9000", "effective_on": "2026-12-01"}
    early = client.send(address, **change | {"effective_on": "2026-01-31", "key": "early"})
    assert list(error_summary(early.text)) == ["effective_on"]
    same = client.send(address, **FORM | {"seen": str(first), "key": "same"})
    assert (same.status_code, list(error_summary(same.text))) == (422, [""])
    assert client.send(address, **change | {"key": "change"}).status_code == 303
    shown = client.get(f"{ADDRESS}/JPN 2026-1?version={first + 1}").text
    assert "What version 2 changes" in shown
    assert "9,000 tCO₂" in shown
    late = client.send(address, **change | {"key": "late"})
    assert late.status_code == 409
    assert "waits for approval" in late.text
    assert client.get(address).status_code == 303, "nothing can follow now"


def test_a_revocation_is_entered_and_ends_it(portal: Portal) -> None:
    approach(portal)
    client = approved(portal)
    address = f"{ADDRESS}/JPN 2026-1/revocation"
    (seen,) = re.findall(r'name="seen" value="(\d+)"', client.get(address).text)
    form = {"seen": seen, "key": "revoke", "note": "Ended."}
    wrong = client.send(address, **form, authorized_on="", effective_on="2026-1x")
    assert set(error_summary(wrong.text)) == {"authorized_on", "effective_on"}
    days = {"authorized_on": "2026-10-01", "effective_on": "2026-10-15"}
    for _once_more in range(2):
        assert client.send(address, **form, **days).status_code == 303
    last = versions(portal)[-1]
    assert (last.number, last.change, last.standing) == (2, Change.REVOCATION, Standing.PROPOSED)
    decide(portal, last.id)
    assert "Revoked" in client.get(ADDRESS).text
    assert client.get(address).status_code == 303
    late = client.send(address, **form | {"key": "more"}, **days)
    assert (late.status_code, portal.refusals()[-1]) == (409, "AuthorizationRevoked")


def test_unknown_ones_are_not_found_however_they_are_called(portal: Portal) -> None:
    client = opened(portal)
    for name in ("JPN 1", "%00", "x" * 3_000, "versions/99999999999999999999/approval"):
        assert client.get(f"{ADDRESS}/{name}").status_code in {404, 414}, name
        assert client.get(f"/en/article6/authorizations/{name}").status_code in {404, 414}, name
