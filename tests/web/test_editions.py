"""The desk of editions: previewed, signed, made once, withdrawn and still known (O59, O61)."""

import re
from datetime import timedelta

from sqlalchemy import select

from app.store.tables import Edition, LogEntry
from tests import authenticator
from tests.authenticator import Passkey
from tests.portal import Portal, PortalClient, error_summary
from tests.registry.test_editions import DAY, LATER

NEW = f"/portal/disclosure/new?as_of={DAY}"


def fields(text: str) -> dict[str, str]:
    """Return the hidden fields of a form that is signed."""
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text))
    return {name: said for name, said in found.items() if name not in {"csrf_token", "assertion"}}


def signed(client: PortalClient, text: str) -> dict[str, str]:
    proof = Passkey(login_id=client.login_id).given(authenticator.asked(text))
    return fields(text) | {"assertion": proof}


def editions(portal: Portal) -> list[Edition]:
    with portal.database.reading() as session:
        return list(session.scalars(select(Edition).order_by(Edition.id)))


def at_desk(portal: Portal, login_id: str = "operator") -> PortalClient:
    portal.app.config["CLOCK"] = lambda: LATER
    return portal.sign_in(login_id)


def test_an_edition_is_shown_signed_and_published(portal: Portal) -> None:
    portal.issued(500)
    client = at_desk(portal)
    shown = client.get(NEW)
    for words in ("Holding accounts / Entities", "500", "Aoba Energy", "at once"):
        assert words in shown.text
    assert editions(portal) == []
    answer = client.send("/portal/disclosure", **signed(client, shown.text))
    assert answer.status_code == 303, answer.text
    assert answer.location == "/portal/disclosure/JP-D-0001?made=yes"
    assert "Everyone can see it now." in client.get(answer.location).text
    (made,) = editions(portal)
    assert (made.as_of, made.published_at) == (DAY, LATER)
    assert portal.visitor().get("/ja/disclosure/editions/JP-D-0001").status_code == 200
    assert "JP-D-0001" in client.get("/portal/disclosure").text


def test_a_form_sent_twice_is_one_edition_and_unsigned_it_is_none(portal: Portal) -> None:
    client = at_desk(portal, "approver")
    shown = client.get(NEW).text
    unsigned = client.send("/portal/disclosure", **fields(shown), assertion="")
    assert unsigned.status_code == 422
    assert list(error_summary(unsigned.text)) == ["code"]
    assert editions(portal) == []
    form = signed(client, unsigned.text)
    answers = [client.send("/portal/disclosure", **form) for _ in range(2)]
    assert {(one.status_code, one.location) for one in answers} == {
        (303, "/portal/disclosure/JP-D-0001?made=yes")
    }
    assert len(editions(portal)) == 1
    # Signed for one thing, it does not make another.
    earlier = DAY - timedelta(days=3)
    other = client.get(f"/portal/disclosure/new?as_of={earlier}").text
    stolen = signed(client, other) | {"on": "2027-01-01", "at": "09:00"}
    assert client.send("/portal/disclosure", **stolen).status_code == 422
    assert "ProofRequired" in portal.refusals()
    assert len(editions(portal)) == 1


def test_one_is_scheduled_and_seen_from_then_on(portal: Portal) -> None:
    client = at_desk(portal)
    shown = client.get(f"{NEW}&on=20/12/2026&at=09:00")
    assert "Sign and schedule" in shown.text
    made = client.send("/portal/disclosure", **signed(client, shown.text))
    assert "Everyone sees it from the time below." in client.get(made.location).text
    assert portal.visitor().get("/en/disclosure/editions/JP-D-0001").status_code == 404
    assert "Scheduled" in client.get("/portal/disclosure").text


def test_what_is_wrong_is_said_at_its_field_and_logged(portal: Portal) -> None:
    client = at_desk(portal)
    for query, field, words in (
        ("as_of=", "as_of", "This field is required."),
        ("as_of=2026-02-30", "as_of", "Enter a date that exists."),
        ("as_of=2026-12-12", "as_of", "Choose a day that is over"),
        (f"as_of={DAY}&on=2026-12-20", "at", "This field is required."),
        (f"as_of={DAY}&at=09:00", "on", "This field is required."),
        (f"as_of={DAY}&on=2026-12-01&at=09:00", "on", "Choose a time that has not passed yet."),
        (f"as_of={DAY}&on=2026-12-20&at=25:00", "at", "Enter a time"),
    ):
        answer = client.get(f"/portal/disclosure/new?{query}")
        assert answer.status_code in {409, 422}, query
        found = error_summary(answer.text)
        assert list(found) == [field], query
        assert words in found[field], query
    shown = client.get(NEW).text
    # The world moves on between the page and the signature.
    portal.issued(9, now=LATER - timedelta(days=40))
    late = client.send("/portal/disclosure", **signed(client, shown))
    assert late.status_code == 409
    assert "The tables have changed" in late.text
    made = client.send("/portal/disclosure", **signed(client, late.text))
    assert made.status_code == 303
    again = client.get(NEW)
    assert (again.status_code, list(error_summary(again.text))) == (409, ["as_of"])
    assert "JP-D-0001" in error_summary(again.text)["as_of"]
    assert portal.refusals()[-1] == "TablesChanged"


def test_o61_a_withdrawn_edition_is_gone_for_all_but_administrators(portal: Portal) -> None:
    client = at_desk(portal)
    client.send("/portal/disclosure", **signed(client, client.get(NEW).text))
    address = "/portal/disclosure/JP-D-0001/withdrawal"
    page = client.get(address)
    empty = client.send(address, reason=" ", assertion="")
    assert (empty.status_code, list(error_summary(empty.text))) == (422, ["reason"])
    unsigned = client.send(address, reason="Wrong names", assertion="")
    assert (unsigned.status_code, list(error_summary(unsigned.text))) == (422, ["code"])
    assert "Wrong names</textarea>" in unsigned.text
    form = signed(client, page.text) | {"reason": "Wrong names"}
    assert client.send(address, **form).location == "/portal/disclosure/JP-D-0001"
    # Sent again, it is told as it stands.
    again = client.send(address, **form)
    assert again.status_code == 409
    assert "This has been done already" in again.text
    assert client.get(address).status_code == 303
    visitor = portal.visitor()
    assert visitor.get("/en/disclosure/editions/JP-D-0001").status_code == 404
    assert "JP-D-0001" not in visitor.get("/en/disclosure").text
    for login_id in ("approver", "auditor"):
        reader = portal.sign_in(login_id)
        assert "JP-D-0001" in reader.get("/portal/disclosure").text
        assert "Wrong names" in reader.get("/portal/disclosure/JP-D-0001").text
    with portal.database.reading() as session:
        done = session.scalars(select(LogEntry.operation).where(LogEntry.subject == "JP-D-0001"))
        assert {"make edition", "withdraw edition"} <= set(done)


def test_o59_without_the_right_there_is_no_menu_no_action_and_no_answer(portal: Portal) -> None:
    client = at_desk(portal)
    client.send("/portal/disclosure", **signed(client, client.get(NEW).text))
    actions = ("/portal/disclosure/new", "/portal/disclosure/JP-D-0001/withdrawal")
    for login_id, reads in (
        ("aoba-proposer", False),
        ("system-administrator", False),
        ("auditor", True),
    ):
        reader = portal.sign_in(login_id)
        assert ('href="/portal/disclosure"' in reader.get("/portal/").text) is reads
        assert reader.get("/portal/disclosure").status_code == (200 if reads else 403)
        if reads:
            for path in ("/portal/disclosure", "/portal/disclosure/JP-D-0001"):
                assert not any(action in reader.get(path).text for action in actions)
        for action in actions:
            assert reader.get(action).status_code == 403
        for action in ("/portal/disclosure", actions[1]):
            assert reader.send(action, reason="x", assertion="").status_code == 403
    for wrong in ("JP-D-0002", "jp-d-0001", "x" * 300):
        assert client.get(f"/portal/disclosure/{wrong}").status_code == 404


def test_a_form_that_came_too_late_is_shown_again_and_does_nothing(portal: Portal) -> None:
    client = at_desk(portal)
    shown = client.get(NEW).text
    resumed = client.send("/portal/disclosure", **fields(shown), resumed="yes", assertion="")
    assert resumed.status_code == 200
    assert "Sign and publish" in resumed.text
    assert editions(portal) == []
