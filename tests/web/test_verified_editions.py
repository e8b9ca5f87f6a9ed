"""Whether an edition is genuine: by its number, its digest, or a copy of one of its files."""

import hashlib
import io
from datetime import timedelta

import pytest

from app.registry import editions as verbs
from app.store import editions
from tests.portal import Portal, PortalClient, error_summary
from tests.registry.test_editions import DAY, LATER, make, seen

GENUINE = "This is a genuine copy of a published edition."
PUBLISHED = "The registry has published an edition with this number."
DIFFERENT = "This is not the edition that the registry has published."
WITHDRAWN = "The registry has withdrawn this edition."
UNKNOWN = "The registry has published no such edition."
VERDICTS = (GENUINE, PUBLISHED, DIFFERENT, WITHDRAWN, UNKNOWN)


@pytest.fixture
def published(portal: Portal) -> Portal:
    portal.app.config["CLOCK"] = lambda: LATER
    portal.issued(1_000)
    portal.database.write(lambda session: make(session, portal.world.operator))
    return portal


def digest(portal: Portal) -> str:
    with portal.database.reading() as session:
        found = editions.by_number(session, "JP-D-0001")
        assert found is not None
        return found.digest.hex()


def verdict(client: PortalClient, **typed: str) -> str:
    answer = client.get("/en/verify", query_string=typed)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    (found,) = [one for one in VERDICTS if one in answer.text]
    return found


def test_an_edition_is_known_by_its_number_and_its_digest(published: Portal) -> None:
    client, known = published.visitor(), digest(published)
    other = "0" * 64
    for typed, expected in (
        ({"number": "JP-D-0001"}, PUBLISHED),
        ({"edition": "ｊｐ-d-0001"}, PUBLISHED),
        ({"number": "JP-D-0001", "digest": known}, GENUINE),
        ({"edition": "JP-D-0001", "digest": known.upper()}, GENUINE),
        ({"edition": "", "digest": f"{known[:32]} {known[32:]}"}, GENUINE),
        ({"edition": "JP-D-0001", "digest": other}, DIFFERENT),
        ({"edition": "JP-D-0001", "digest": "abc"}, DIFFERENT),
        ({"digest": other}, UNKNOWN),
        ({"edition": "JP-D-0002", "digest": known}, UNKNOWN),
        ({"edition": "O'Brien %_\\ \u202e"}, UNKNOWN),
        ({"edition": "\0x" * 10_000}, UNKNOWN),
    ):
        assert verdict(client, **typed) == expected, typed
    shown = client.get("/ja/verify?number=JP-D-0001")
    assert known in shown.text
    assert "/ja/disclosure/editions/JP-D-0001" in shown.text
    empty = client.get("/en/verify?edition=&digest=")
    assert (empty.status_code, list(error_summary(empty.text))) == (422, ["edition"])
    # Certificates are asked for as before, at both addresses.
    for path in ("verify", "certificates"):
        half = client.get(f"/en/{path}?number=JP-C-000001-19&code=")
        assert list(error_summary(half.text)) == ["code"]


def test_a_copy_is_compared_and_not_kept(published: Portal) -> None:
    client = published.visitor()
    client.get("/en/verify")

    def compared(number: str, content: bytes, name: str = "copy") -> str:
        form = {
            "csrf_token": client.token,
            "edition": number,
            "digest": "",
            "file": (io.BytesIO(content), name),
        }
        answer = client.post("/en/verify", data=form, content_type="multipart/form-data")
        assert answer.status_code == 303
        assert hashlib.sha256(content).hexdigest() in answer.location
        page = client.get(answer.location)
        (found,) = [one for one in VERDICTS if one in page.text]
        return found

    at = "disclosure/editions/JP-D-0001"
    frozen = client.get(f"/en/{at}.json").data
    assert compared("", frozen) == GENUINE
    assert compared("JP-D-0001", frozen) == GENUINE
    for file in (f"/ja/{at}.pdf", f"/en/{at}.csv"):
        body = client.get(file).data
        assert compared("JP-D-0001", body) == GENUINE
        assert compared("", body) == UNKNOWN
        assert compared("JP-D-0001", body + b" ") == DIFFERENT
    typed = client.send("/en/verify", edition="JP-D-0001", digest="")
    assert verdict(client, edition="JP-D-0001", digest="") == PUBLISHED
    assert typed.status_code == 303
    assert client.post("/en/verify", data={"edition": "JP-D-0001"}).status_code == 400


def test_a_withdrawn_edition_is_told_and_one_that_was_never_public_is_unknown(
    published: Portal,
) -> None:
    client, known, cast = published.visitor(), digest(published), published.world
    day, soon = DAY - timedelta(days=1), LATER + timedelta(hours=2)
    number = published.database.write(
        lambda session: make(
            session, cast.operator, day=day, published_at=soon, seen=seen(session, day)
        )
    )
    assert verdict(client, number=number) == UNKNOWN
    later = LATER + timedelta(hours=1)
    for withdrawn in ("JP-D-0001", number):
        published.database.write(
            lambda session, withdrawn=withdrawn: verbs.withdraw(
                session, withdrawn, reason="A secret reason", actor=cast.operator, now=later
            )
        )
    published.app.config["CLOCK"] = lambda: soon
    assert verdict(client, number="JP-D-0001", digest=known) == WITHDRAWN
    assert verdict(client, digest=known) == WITHDRAWN
    assert verdict(client, number=number) == UNKNOWN
    text = client.get("/en/verify?number=JP-D-0001").text
    assert "secret reason" not in text
    assert "/disclosure/editions/" not in text
