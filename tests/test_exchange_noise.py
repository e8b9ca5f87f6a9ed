"""Noise at the door of a registry: answered, hardly logged, and no hindrance for the others."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain import envelopes
from app.domain.exchange import BYTES_MAX, Code
from app.web.exchange import LIMIT
from tests.knocking import UNKNOWN, Door, opened


@pytest.fixture
def door() -> Generator[Door, None, None]:
    """A door behind which one writes at a time."""
    with opened("sqlite") as made:
        yield made


def test_noise_of_one_network_is_logged_no_more_and_drowns_no_registry(door: Door) -> None:
    sound, seal = door.next(), door.both.japan.desk.seal
    body, signature = door.sealed(sound)
    late = door.sealed(replace(sound, sent_at=sound.sent_at - timedelta(days=1)))
    noise = [
        (b"noise", signature, Code.MALFORMED, 400),
        (b"x" * (BYTES_MAX + 1), signature, Code.TOO_LARGE, 413),
        (body, b"", Code.BAD_SIGNATURE, 403),
        (*door.sealed(sound, UNKNOWN), Code.UNKNOWN_KEY, 403),
        (*door.sealed(replace(sound, sender="TH")), Code.UNKNOWN_REGISTRY, 403),
        (*door.sealed(replace(sound, receiver="TH")), Code.WRONG_ADDRESSEE, 409),
        (*late, Code.CLOCK, 409),
    ]
    before, known = door.moved(), door.logged()
    for place in range(LIMIT.amount):
        wrong, by, code, status = noise[place % len(noise)]
        known.append(code)
        answer = door.send("2001:db8:1:1::1", wrong, by)
        assert (answer.status_code, answer.headers.get("Retry-After")) == (status, None)
        assert envelopes.decode_reply(answer.data).code == code
    assert door.logged() == known
    for place in range(2 * len(noise)):
        wrong, by, code, _status = noise[place % len(noise)]
        # The address of somebody else in the same network.
        answer = door.send(f"2001:db8:1:1::{place + 2:x}", wrong, by)
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
        assert envelopes.decode_reply(answer.data).code == code
    known.append("2001:db8:1:1::/64")
    assert (door.logged(), door.moved()) == (known, before)
    # They wait for nobody who writes, and nobody waits for them.
    with ThreadPoolExecutor() as another:
        answer = door.both.mongolia.database.write(
            lambda _session: another.submit(door.send, "2001:db8:1:1::1", body, b"").result(5)
        )
    assert answer.status_code == 429
    # What Japan says from the same network is heard, and refused only for what is wrong with it.
    answer = door.send("2001:db8:1:1::1", *door.sealed(replace(sound, number=sound.number + 5)))
    assert answer.status_code == 409
    known.append(Code.OUT_OF_SEQUENCE)
    assert door.send("2001:db8:1:1::1", body, signature).status_code == 200
    assert door.send("2001:db8:1:1::1", body, signature).status_code == 429
    assert door.send("2001:db8:1:1::1", *door.sealed(door.next())).status_code == 200
    assert door.logged() == known
    # Whoever makes none is answered and logged as ever.
    door.refused(Code.BAD_SIGNATURE, body, seal.sign(b"other"))
