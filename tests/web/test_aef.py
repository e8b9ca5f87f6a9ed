"""Annual information on pages: checked, frozen as shown and signed, submitted, and read by all."""

import re
from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.store.tables import AefEdition
from tests import article6
from tests.journeys.test_budget import STATEMENTS_MAX
from tests.portal import Portal, PortalClient, counted, error_summary
from tests.registry.test_aef_editions import LATER, TODAY, YEAR, acquired
from tests.store.test_aef_editions import kept
from tests.web.test_editions import fields, signed

HOME: Final = "/portal/article6/aef"
SHOW: Final = f"{HOME}/{YEAR}"
FREEZE: Final = f"{SHOW}/editions"
EDITION: Final = f"{HOME}/editions/{YEAR}/1.0"
SUBMIT: Final = f"{EDITION}/submission"
BASIS: Final = "Secret of the buyer"


def at_desk(portal: Portal, login_id: str = "operator", **elements: Any) -> PortalClient:
    """Return somebody in front of a registry in which ITMOs were acquired last year."""
    portal.app.config["CLOCK"] = lambda: LATER
    write(portal, lambda session: acquired(session, portal.world, **elements))
    return portal.sign_in(login_id)


def write(portal: Portal, change: Callable[[Session], Any]) -> None:
    portal.database.write(lambda session: change(session) and None)


def editions(portal: Portal) -> list[AefEdition]:
    with portal.database.reading() as session:
        return list(session.scalars(select(AefEdition).order_by(AefEdition.id)))


def frozen(client: PortalClient) -> str:
    """Freeze what is shown and return the address of the edition."""
    answer = client.send(FREEZE, **signed(client, client.get(SHOW).text))
    assert answer.status_code == 303, error_summary(answer.text)
    return str(answer.location).partition("?")[0]


def submitted(client: PortalClient) -> None:
    shown = client.get(frozen(client)).text
    assert client.send(SUBMIT, **signed(client, shown)).status_code == 303


def test_a_year_is_checked_frozen_submitted_and_then_public(portal: Portal) -> None:
    client = at_desk(portal)
    article6_public = "/en/article6/aef"
    assert str(YEAR) in client.get(HOME).text
    shown = client.get(SHOW)
    for words in ("CA0004", "Acquisition", article6.HOST, "Freeze version 1.0"):
        assert words in shown.text
    assert editions(portal) == []
    answer = client.send(FREEZE, **signed(client, shown.text))
    assert answer.location == f"{EDITION}?made=yes"
    assert "The edition is frozen." in client.get(answer.location).text
    visitor = portal.visitor()
    assert "1.0" not in visitor.get(article6_public).text.partition("<h1>")[2].split("<footer")[0]
    for ending in ("xlsx", "csv", "json"):
        assert visitor.get(f"{article6_public}/{YEAR}/1.0.{ending}").status_code == 404
    assert client.send(SUBMIT, **signed(client, client.get(EDITION).text)).location == EDITION
    (made,) = editions(portal)
    assert made.submitted_at == LATER
    public = visitor.get(article6_public).text
    assert made.digest.hex() in public


def test_a_form_sent_twice_is_one_edition_and_unsigned_it_is_none(portal: Portal) -> None:
    client = at_desk(portal, "approver")
    shown = client.get(SHOW).text
    unsigned = client.send(FREEZE, **fields(shown), assertion="")
    assert (unsigned.status_code, list(error_summary(unsigned.text))) == (422, ["code"])
    assert editions(portal) == []
    form = signed(client, unsigned.text)
    answers = [client.send(FREEZE, **form) for _ in range(2)]
    assert {(one.status_code, one.location) for one in answers} == {(303, f"{EDITION}?made=yes")}
    assert len(editions(portal)) == 1
    # Signed for one day, it names no other.
    stolen = signed(client, client.get(SHOW).text) | {"submitted_on": f"{YEAR + 1}-04-15"}
    assert client.send(FREEZE, **stolen).status_code in {409, 422}
    assert len(editions(portal)) == 1
    # A submission is signed, too.
    assert client.send(SUBMIT, assertion="").status_code == 422
    assert editions(portal)[0].submitted_at is None
    form = signed(client, client.get(EDITION).text)
    assert [client.send(SUBMIT, **form).status_code for _ in range(2)] == [303, 409]
    assert "ProofRequired" in portal.refusals()
    assert portal.refusals()[-1] == "AlreadyDone"


def test_what_is_wrong_is_said_at_its_field_and_logged(portal: Portal) -> None:
    client = at_desk(portal)
    for typed, words in (
        ("", "This field is required."),
        ("2027-02-30", "Enter a date that exists."),
        (f"{YEAR}-12-31", "Enter today or a later day."),
    ):
        answer = client.get(f"{SHOW}?submitted_on={typed}")
        assert (answer.status_code, error_summary(answer.text)) == (422, {"submitted_on": words})
        assert "Sign and freeze" not in answer.text
        sent = client.send(FREEZE, submitted_on=typed, key="k", seen="s", assertion="")
        assert list(error_summary(sent.text)) == ["submitted_on"]
    later = client.get(f"{SHOW}?submitted_on=15/04/{YEAR + 1}")
    assert (later.status_code, "Sign and freeze" in later.text) == (200, True)
    # The world moves on between the page and the signature.
    write(portal, lambda session: kept(session, portal.world, YEAR, 0))
    late = client.send(FREEZE, **signed(client, later.text))
    assert late.status_code == 409
    assert "The tables have changed" in late.text
    assert "Freeze version 1.1" in late.text
    assert client.send(FREEZE, **signed(client, late.text)).status_code == 303
    assert portal.refusals()[-1] == "TablesChanged"
    resumed = client.send(FREEZE, submitted_on=str(TODAY), resumed="yes", assertion="")
    assert (resumed.status_code, "Sign and freeze" in resumed.text) == (200, True)
    assert len(editions(portal)) == 2


def test_r30_with_an_error_nothing_is_frozen_and_the_finding_says_what_to_do(
    portal: Portal,
) -> None:
    client = at_desk(portal, vintage_first=2023)
    shown = client.get(SHOW).text
    assert "An edition can be frozen once there is no error." in shown
    assert "Sign and freeze" not in shown
    form = {"submitted_on": str(TODAY), "key": "k", "seen": "s"}
    refused = client.send(FREEZE, **form, assertion="")
    assert refused.status_code == 422
    assert "The pre-check finds errors" in error_summary(refused.text)[""]
    japanese = portal.sign_in("operator", "ja")
    assert "事前確認" in japanese.get(SHOW).text


def test_a_year_that_is_running_is_shown_and_not_frozen(portal: Portal) -> None:
    client = at_desk(portal)
    shown = client.get(f"{HOME}/{YEAR + 1}").text
    assert "The year is running" in shown
    assert "Sign and freeze" not in shown
    form = {"submitted_on": str(TODAY), "key": "k", "seen": "s"}
    refused = client.send(f"{HOME}/{YEAR + 1}/editions", **form, assertion="")
    assert (refused.status_code, list(error_summary(refused.text))) == (422, [""])
    for path in (
        *(f"{HOME}/2020", f"{HOME}/{YEAR + 2}", f"{HOME}/{2**70}", f"{HOME}/x", EDITION),
        *(f"{HOME}/editions/{YEAR}/01.0", f"{HOME}/editions/{YEAR}/{'9' * 300}.0"),
        *(f"{HOME}/editions/{2**70}/1.0.json", f"{HOME}/editions/{YEAR}/1.0.exe"),
    ):
        assert client.get(path).status_code == 404, path
    assert portal.visitor().get(f"/ja/article6/aef/{2**70}/1.0.csv").status_code == 404


def test_r28_an_amendment_is_a_new_version_and_shows_the_difference(portal: Portal) -> None:
    client = at_desk(portal)
    submitted(client)
    shown = client.get(frozen(client)).text
    assert "Difference to version 1.0" in shown
    difference = shown.partition('id="difference_title"')[2].partition("</section>")[0]
    said = re.sub(r"<[^>]+>", "", difference)
    assert re.search(r"Version\s*:\s*1\.0 → 1\.1", said)
    assert "There is a later version" in client.get(EDITION).text


def test_r29_a_confidential_edition_is_withheld_from_the_public_with_the_reason(
    portal: Portal,
) -> None:
    client = at_desk(portal, is_confidential=True, confidential_basis=BASIS)
    assert BASIS in client.get(SHOW).text
    submitted(client)
    visitor = portal.visitor()
    page = visitor.get("/en/article6/aef").text
    assert "Withheld" in page and BASIS in page
    assert "/1.0." not in page and editions(portal)[0].digest.hex() not in page
    for ending in ("xlsx", "csv", "json"):
        assert visitor.get(f"/en/article6/aef/{YEAR}/1.0.{ending}").status_code == 404
        assert client.get(f"{EDITION}.{ending}").status_code == 200


def test_a_damaged_edition_says_so_and_gives_no_file(portal: Portal) -> None:
    client = at_desk(portal)
    write(portal, lambda session: kept(session, portal.world, YEAR, 0))
    page = client.get(EDITION)
    assert page.status_code == 200
    assert "its digest does not fit" in page.text
    assert "Sign and record" not in page.text
    for ending in ("xlsx", "csv", "json"):
        assert client.get(f"{EDITION}.{ending}").status_code == 409
    assert client.send(SUBMIT, assertion="").status_code == 409


def test_readers_see_and_do_not_act_and_no_page_asks_too_much(portal: Portal) -> None:
    client = at_desk(portal)
    frozen(client)
    for login_id in ("auditor", "reviewer"):
        reader = portal.sign_in(login_id)
        for path in (HOME, SHOW, EDITION):
            page = reader.get(path)
            assert (page.status_code, "data-passkey-get" in page.text) == (200, False)
        for action in (FREEZE, SUBMIT):
            assert reader.send(action, assertion="").status_code == 403
    for login_id in ("aoba-proposer", "system-administrator"):
        assert portal.sign_in(login_id).get(HOME).status_code == 403
    for path in (HOME, SHOW, EDITION, "/en/article6/aef"):
        with counted(portal) as statements:
            client.get(path)
        assert len(statements) <= STATEMENTS_MAX, path
