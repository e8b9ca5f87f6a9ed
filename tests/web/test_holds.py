"""ITMOs held as flagged inconsistent: signed, shown where they lie, and freed."""

import csv
import io

from tests import article6, authenticator
from tests.authenticator import Passkey
from tests.portal import Portal, PortalClient, error_summary

ADDRESS = "/portal/article6/holds"


def signed(client: PortalClient, page: str, address: str, **fields: str) -> int:
    """Send a form with the passkey that its page asks for."""
    challenge = authenticator.asked(client.get(page).text)
    proof = Passkey(login_id=client.login_id).given(challenge)
    return client.send(address, assertion=proof, **fields).status_code


def test_r25_flagged_itmos_are_held_and_shown_so_until_they_are_freed(portal: Portal) -> None:
    portal.database.write(
        lambda session: article6.issued(
            session, portal.world, article6.approach(session), quantity=100
        )
    )
    identifier = f"CA0004-JPN01-{article6.HOST}-11-20-2022"
    client, reviewer = portal.sign_in("operator"), portal.sign_in("reviewer")
    typed = {"q": identifier, "reason": "Version 1.0 for 2025"}
    page = f"{ADDRESS}/new?q={identifier}"
    assert identifier in client.get(page).text
    assert client.send(ADDRESS, code="", **typed).status_code == 422
    assert signed(client, page, ADDRESS, **typed | {"reason": " "}) == 422
    assert "No ITMOs are flagged" in reviewer.get(ADDRESS).text
    assert signed(client, page, ADDRESS, **typed) == 303
    held = reviewer.get(ADDRESS).text
    assert "Held: flagged inconsistent" in held and "Version 1.0 for 2025" in held
    holder = portal.sign_in("aoba-proposer")
    assert holder.get("/portal/holdings").text.count("Held: flagged inconsistent") == 1
    table = holder.get(f"/portal/holdings.csv?account={portal.world.aoba}")
    lines = csv.DictReader(io.StringIO(table.get_data().decode("utf-8-sig")))
    found = {line["itmo_identifier"]: line["state"] for line in lines}
    assert found[identifier] == "barred" and len(found) == 3
    assert reviewer.get(f"{ADDRESS}/1/lifting").status_code == 403
    lifting = f"{ADDRESS}/1/lifting"
    assert client.send(lifting, code="", reason="agreed").status_code == 422
    assert signed(client, lifting, lifting, reason="agreed") == 303
    assert client.get(lifting).status_code == 404
    assert "No ITMOs are flagged" in reviewer.get(ADDRESS).text


def test_what_is_no_itmo_is_not_flagged(portal: Portal) -> None:
    portal.issued(10)
    for language in ("en", "ja"):
        client = portal.sign_in("operator", language)
        client.get(ADDRESS)
        for typed in ("1-5", "9-3", "Solar", "", "500"):
            for answer in (
                client.get(f"{ADDRESS}/new", query_string={"q": typed}),
                client.send(ADDRESS, q=typed, reason="x"),
            ):
                assert answer.status_code == 422, typed
                assert list(error_summary(answer.text)) in (["q"], ["code"]), typed
