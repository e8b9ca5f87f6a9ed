"""The pages on cooperative approaches: all of them, and the official code of one, signed."""

import re

from tests import authenticator
from tests.authenticator import Passkey
from tests.portal import Portal, error_summary
from tests.web.test_authorizations import approach, opened

ADDRESS = "/portal/article6/approaches"


def test_a_stand_in_is_replaced_by_the_official_code_and_then_stays(portal: Portal) -> None:
    approach(portal)
    client = opened(portal)
    assert "Stand-in" in client.get(ADDRESS).text
    page = client.get(f"{ADDRESS}/CA0004").text

    def form(shown: str, **typed: str) -> dict[str, str]:
        (seen,) = re.findall(r'name="seen" value="(\w+)"', shown)
        proof = Passkey(login_id="operator").given(authenticator.asked(shown))
        return {"seen": seen, "assertion": proof} | typed

    wrong = client.send(f"{ADDRESS}/CA0004", **form(page, approach_code="CA1"))
    assert list(error_summary(wrong.text)) == ["approach_code"]
    late = client.send(f"{ADDRESS}/CA0004", approach_code="", initial_report_on="x", seen="")
    assert set(error_summary(late.text)) == {"approach_code", "initial_report_on"}
    unsigned = client.send(
        f"{ADDRESS}/CA0004", **form(page, approach_code="ca0017") | {"assertion": ""}
    )
    assert list(error_summary(unsigned.text)) == ["code"]
    given = {"approach_code": "ca0017", "is_official": "yes", "initial_report_on": "2025-04-15"}
    saved = client.send(f"{ADDRESS}/CA0004", **form(client.get(f"{ADDRESS}/CA0004").text, **given))
    assert saved.status_code == 303
    listed = opened(portal, "auditor").get(ADDRESS).text
    assert "CA0017" in listed
    assert "Stand-in" not in listed.partition("<table")[2]
    page = client.get(f"{ADDRESS}/CA0017").text
    fixed = client.send(f"{ADDRESS}/CA0017", **form(page, **given | {"approach_code": "CA0018"}))
    assert list(error_summary(fixed.text)) == ["approach_code"]
    assert portal.refusals()[-1] == "CodeFixed"
    assert client.get(f"{ADDRESS}/CA0004").status_code == 404
