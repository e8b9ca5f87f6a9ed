"""Remarks: made on a page of their record, by reviewers and those who report."""

from app.domain.remarks import TEXT_MAX
from tests import world
from tests.portal import Portal, PortalClient, error_summary

ADDRESS = "/portal/article6/remarks"
SUBJECT = "adjustments:JPN"


def shown(client: PortalClient, subject: str = SUBJECT) -> str:
    return client.get(f"{ADDRESS}?subject={subject}").text


def test_a_remark_leads_back_to_its_record_and_stands_there_with_its_author(
    portal: Portal,
) -> None:
    client, key = portal.sign_in("reviewer"), world.key()
    shown(client)
    typed = "<b>Two</b> lines\r\nof it"
    for _again in range(2):
        answer = client.send(ADDRESS, subject=SUBJECT, text=typed, key=key)
        assert answer.status_code == 303
        assert answer.location.endswith("#remarks")
    text = shown(portal.sign_in("auditor"))
    assert text.count("&lt;b&gt;Two&lt;/b&gt; lines\nof it") == 1
    assert "Reviewer of Article 6.2 reports" in text and "1 remark" in text


def test_what_is_wrong_is_said_and_what_was_typed_stays(portal: Portal) -> None:
    for language in ("en", "ja"):
        client, key = portal.sign_in("reviewer", language), world.key()
        shown(client)
        long = "x" * (TEXT_MAX + 1)
        for typed in ("", "\0 \n", long):
            answer = client.send(ADDRESS, subject=SUBJECT, text=typed, key=key)
            assert answer.status_code == 422
            assert list(error_summary(answer.text)) == ["text"]
        assert long in answer.text and f'value="{key}"' in answer.text
    assert portal.refusals() == ["Required", "Required", "TooLong"] * 2
    client.send(ADDRESS, subject=SUBJECT, text="one", key=key)
    answer = client.send(ADDRESS, subject=SUBJECT, text="two", key=key)
    assert answer.status_code == 409 and f'value="{key}"' not in answer.text
    for subject in ("", "users:1", "authorization:none", "aef:2025:1.0", "\0"):
        assert client.get(ADDRESS, query_string={"subject": subject}).status_code == 404
        assert client.send(ADDRESS, subject=subject, text="x", key="k").status_code == 404


def test_nobody_else_reads_or_makes_remarks(portal: Portal) -> None:
    for login_id in ("aoba-proposer", "system-administrator"):
        client = portal.sign_in(login_id)
        assert client.get(f"{ADDRESS}?subject={SUBJECT}").status_code == 403
        assert client.send(ADDRESS, subject=SUBJECT, text="x", key="k").status_code == 403
