"""One authorization as it is shown: the version asked for, and what may be done with it."""

from tests.portal import Portal, counted
from tests.web.test_authorizations import ADDRESS, FORM, approach, approved, opened, versions


def test_the_version_asked_for_is_shown_and_else_the_one_approved_last(portal: Portal) -> None:
    approach(portal)
    client = approved(portal)
    first = versions(portal)[0].id
    change = FORM | {"seen": str(first), "quantity": "9000", "key": "change"}
    assert client.send(f"{ADDRESS}/JPN 2026-1/versions/new", **change).status_code == 303
    for query, shown in (
        ("", "What version 1 says"),
        (f"?version={first + 1}", "What version 2 says"),
        ("?version=999", "What version 1 says"),
        ("?version=x", "What version 1 says"),
    ):
        with counted(portal) as statements:
            page = client.get(f"{ADDRESS}/JPN 2026-1{query}").text
        assert shown in page
        assert len(statements) <= 15
    for login_id, words in (("operator", True), ("approver", True), ("auditor", False)):
        page = opened(portal, login_id).get(f"{ADDRESS}/JPN 2026-1?version={first + 1}").text
        assert ("Decide on version 2" in page) is words
        assert "Enter a change" not in page, "one waits already"
