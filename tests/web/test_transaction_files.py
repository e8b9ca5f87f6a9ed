"""The list of transactions as CSV: the same rows, order and filters as on the screen (O60)."""

import csv
import io
import re

from tests.portal import Portal, PortalClient, proposal


def rows(client: PortalClient, query: str) -> list[dict[str, str]]:
    answer = client.get(f"/portal/transactions.csv{query}")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="transactions.csv"'
    text = answer.get_data(as_text=True)
    assert text.startswith("\ufefftransaction,type,")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_o60_every_administrator_gets_the_rows_of_the_screen_in_its_order(portal: Portal) -> None:
    portal.issued(1_000)
    proposer = portal.sign_in("aoba-proposer")
    for quantity in range(1, 6):
        proposer.send("/portal/transfers", **proposal(portal, quantity=str(quantity)))
    for login_id in ("operator", "approver", "auditor"):
        client = portal.sign_in(login_id)
        for query in (
            "",
            "?kind=transfer",
            "?state=completed",
            f"?proposer={portal.world.aoba_proposer}",
            "?since=2100-01-01",
        ):
            screen = client.get(f"/portal/transactions{query}").text
            shown = re.findall(r'<th scope="row"[^>]*><a [^>]*>(JP\d+)<', screen)
            assert [row["transaction"] for row in rows(client, query)] == shown, (login_id, query)
            address = f"/portal/transactions.csv{query}"
            assert f'href="{address}"' in screen
        assert len(rows(client, "")) == 6
        assert client.get("/portal/transactions.csv?since=2026").status_code == 404
    # Others get what they see: a proposal is the affair of its source.
    assert len(rows(portal.sign_in("aoba-approver"), "")) == 6
    assert rows(portal.sign_in("outsider"), "") == []
    assert len(rows(portal.sign_in("system-administrator"), "")) == 0
    first = rows(proposer, "")[0]
    assert (first["quantity"], first["from"], first["status"]) == (
        "5",
        portal.world.aoba,
        "proposed",
    )
