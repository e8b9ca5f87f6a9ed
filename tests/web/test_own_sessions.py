"""My sessions: seen by me alone, and ended by a click."""

from sqlalchemy import select

from app.store.tables import AccessEntry, SignedIn
from tests.portal import Portal

ADDRESS = "/portal/profile/sessions"


def test_one_session_is_ended_and_the_others_go_on(portal: Portal) -> None:
    first, second, third = (portal.sign_in("outsider", one) for one in ("en", "ja", "en"))
    first.get("/portal/profile/")
    answer = first.send(f"{ADDRESS}/{newest(portal)}/end")
    assert answer.location == "/portal/profile/?done=session#sessions"
    assert first.get(answer.location).status_code == 200
    assert third.get("/portal/").status_code == 303
    assert second.get("/portal/").status_code == 200
    assert outcomes(portal)[-1] == "session_ended"
    first.get("/portal/profile/")
    again = first.send(f"{ADDRESS}/{newest(portal)}/end")
    assert again.status_code == 303, "it has ended; that is what was wanted"


def test_all_others_are_ended_at_once(portal: Portal) -> None:
    first, second, third = (portal.sign_in("outsider", one) for one in ("en", "ja", "en"))
    colleague = portal.sign_in("outsider-colleague")
    second.get("/portal/profile/")
    answer = second.send(f"{ADDRESS}/others/end")
    assert answer.location == "/portal/profile/?done=sessions#sessions"
    assert second.get(answer.location).status_code == 200
    assert colleague.get("/portal/").status_code == 200
    for client in (first, third):
        assert client.get("/portal/").status_code == 303


def test_the_sessions_of_others_are_as_good_as_none(portal: Portal) -> None:
    client = portal.sign_in("outsider")
    colleague = portal.sign_in("outsider-colleague")
    client.get("/portal/profile/")
    theirs = newest(portal)
    for session_id in (theirs, 999_999):
        assert client.send(f"{ADDRESS}/{session_id}/end").status_code == 404
    assert colleague.get("/portal/").status_code == 200


def test_whoever_had_to_sign_in_first_is_led_to_the_list(portal: Portal) -> None:
    client = portal.sign_in("outsider")
    for address in (f"{ADDRESS}/1/end", f"{ADDRESS}/others/end"):
        assert client.get(address).location == "/portal/profile/"


def newest(portal: Portal) -> int:
    with portal.database.reading() as session:
        return session.scalars(select(SignedIn.id).order_by(SignedIn.id.desc()).limit(1)).one()


def outcomes(portal: Portal) -> list[str]:
    with portal.database.reading() as session:
        return list(session.scalars(select(AccessEntry.outcome).order_by(AccessEntry.id)))
