"""Messages that are not as they should be: refused with their code, logged, and nothing moves."""

import json
from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final

import pytest

from app.domain import chain
from app.domain.exchange import BYTES_MAX, SKEW_MAX, Answer, Code, Message
from app.registry import peers
from app.registry.seals import Seal
from tests.databases import ENGINES
from tests.knocking import UNKNOWN, Door, opened

_keys = count(1)


@pytest.fixture(scope="module", params=ENGINES)
def door(request: pytest.FixtureRequest) -> Generator[Door, None, None]:
    """A real door on each engine."""
    with opened(request.param) as made:
        yield made


def test_a_sound_message_is_heard(door: Door) -> None:
    status, reply = door.post(*door.sealed(door.next()))
    assert (status, reply.answer, reply.code) == (200, Answer.DONE, "")


def test_a_message_altered_by_one_bit_is_refused_wherever_the_bit_is(door: Door) -> None:
    body, signature = door.sealed(door.next())
    before, known = door.moved(), len(door.logged())
    places = list(range(0, len(body) * 8, 37))
    for place in places:
        changed = bytearray(body)
        changed[place // 8] ^= 1 << place % 8
        status, reply = door.post(bytes(changed), signature)
        assert reply.answer is Answer.REFUSED
        assert status in {400, 403, 409}
        # The registry it is for and the key are looked at before the signature can be.
        assert reply.code in {
            *(Code.MALFORMED, Code.BAD_SIGNATURE, Code.UNKNOWN_KEY, Code.UNKNOWN_KIND),
            *(Code.WRONG_ADDRESSEE, Code.UNKNOWN_REGISTRY),
        }
    for place in range(0, 512, 61):
        changed = bytearray(signature)
        changed[place // 8] ^= 1 << place % 8
        assert door.post(body, bytes(changed))[1].code == Code.BAD_SIGNATURE
        places.append(place)
    assert door.moved() == before
    assert len(door.logged()) == known + len(places)
    assert door.post(body, signature)[1].answer is Answer.DONE


def test_a_signature_that_is_none_or_another_keys_is_refused(door: Door) -> None:
    body, signature = door.sealed(door.next())
    for wrong in ("", "00", "zz" * 64, signature.hex()[:-2], signature.hex() + "00", "00" * 64):
        door.refused(Code.BAD_SIGNATURE, body, wrong)
    door.refused(Code.BAD_SIGNATURE, body, UNKNOWN.sign(body))
    door.refused(Code.UNKNOWN_KEY, *door.sealed(door.next(), UNKNOWN))
    # Mongolia's own key is nothing that Japan may sign under.
    door.refused(Code.UNKNOWN_KEY, *door.sealed(door.next(), door.both.mongolia.desk.seal))


def test_a_key_counts_from_when_it_is_added_until_it_is_retired(door: Door) -> None:
    mongolia, now = door.both.mongolia.database, datetime.now(UTC)
    second = Seal(f"{next(_keys):064x}")
    mongolia.write(lambda s: peers.add_key(s, "JP", second.public.hex(), now=now))
    assert door.post(*door.sealed(door.next(), second))[1].answer is Answer.DONE
    mongolia.write(lambda s: peers.retire_key(s, "JP", second.name, now=now))
    door.refused(Code.RETIRED_KEY, *door.sealed(door.next(), second))


def test_the_same_bytes_once_more_are_refused_and_what_is_sent_anew_gets_the_same_answer(
    door: Door,
) -> None:
    envelope = door.next()
    first = door.sealed(envelope)
    answer = door.post(*first)[1]
    door.refused(Code.REPLAYED, *first)
    again = door.sealed(door.anew(envelope))
    before = door.moved()
    assert door.post(*again) == (200, answer)
    assert door.moved() == before
    # Neither of them counts once more, also when others came in between.
    door.refused(Code.REPLAYED, *again)
    door.refused(Code.REPLAYED, *first)
    assert door.post(*door.sealed(door.next()))[1].answer is Answer.DONE
    door.refused(Code.REPLAYED, *again)


def test_a_number_that_is_not_due_is_refused(door: Door) -> None:
    envelope = door.next()
    for ahead in (1, 2, 10**9, 2**62 - envelope.number):
        wrong = replace(envelope, number=envelope.number + ahead)
        reply = door.refused(Code.OUT_OF_SEQUENCE, *door.sealed(wrong))
        assert reply.content == {"expected": envelope.number}
    assert door.post(*door.sealed(envelope))[1].answer is Answer.DONE
    later = datetime.now(UTC) + timedelta(seconds=2)
    other = replace(envelope, content=door.proposal(), sent_at=later)
    door.refused(Code.NUMBER_USED, *door.sealed(other))
    other = replace(envelope, kind=Message.CANCELLATION, sent_at=later)
    door.refused(Code.NUMBER_USED, *door.sealed(other))


def test_a_message_for_or_from_another_registry_is_refused(door: Door) -> None:
    envelope = door.next()
    for wrong, code in (
        ({"receiver": "TH"}, Code.WRONG_ADDRESSEE),
        ({"receiver": "JP"}, Code.WRONG_ADDRESSEE),
        ({"sender": "TH"}, Code.UNKNOWN_REGISTRY),
        ({"sender": "MN"}, Code.UNKNOWN_REGISTRY),
        ({"sender": "MN", "receiver": "JP"}, Code.WRONG_ADDRESSEE),
    ):
        door.refused(code, *door.sealed(replace(envelope, **wrong)))


def test_clocks_may_be_a_little_apart_and_no_more(door: Door) -> None:
    little = timedelta(seconds=10)
    for apart in (SKEW_MAX + little, -SKEW_MAX - little, timedelta(days=400), -timedelta(days=400)):
        envelope = door.next()
        wrong = replace(envelope, sent_at=envelope.sent_at + apart)
        door.refused(Code.CLOCK, *door.sealed(wrong))
    for apart in (little - SKEW_MAX, SKEW_MAX - little):
        envelope = door.next()
        fine = replace(envelope, sent_at=envelope.sent_at + apart)
        assert door.post(*door.sealed(fine))[1].answer is Answer.DONE
    # Years that no moment in another time zone has.
    for year in ("0001-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z"):
        body = chain.canonical(_told(door) | {"sent_at": year})
        door.refused(Code.CLOCK, body, door.both.japan.desk.seal.sign(body))


def test_a_message_that_is_too_long_is_refused_before_it_is_read(door: Door) -> None:
    long = door.next({"text": "x" * 10_000_000})
    door.refused(Code.TOO_LARGE, *door.sealed(long))
    body, signature = door.sealed(door.next({"text": "x" * BYTES_MAX}))
    door.refused(Code.TOO_LARGE, body, signature)
    # One that does not say how long it is, as it is sent in pieces.
    door.refused(
        Code.TOO_LARGE,
        body,
        signature,
        environ_overrides={"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked",
                           "wsgi.input_terminated": True},
    )  # fmt: skip


def _told(door: Door) -> dict[str, Any]:
    envelope = replace(door.next(), key=door.both.japan.desk.seal.name)
    told = json.loads(envelope.encode())
    assert isinstance(told, dict)
    return told


def _nested(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


#: Texts in place of a message, each of which is none.
TEXTS: Final = (
    *(b"", b" ", b"null", b"true", b"1", b'"x"', b"[]", b"{}", b"[1,2", b"{" * 100_000),
    *(b"[" * 100_000, b"\xff\xfe\xfd", b"\x00", b'{"a":1,"a":1}', b"NaN", b"\xef\xbb\xbf{}"),
    *(_nested(50), _nested(900), _nested(990), _nested(5_000), b"9" * 5_000, "{}".encode("utf-16")),
)


def test_what_is_no_message_at_all_is_refused(door: Door) -> None:
    seal = door.both.japan.desk.seal
    for text in TEXTS:
        reply = door.refused(Code.MALFORMED, text, seal.sign(text))
        assert (reply.number, reply.receiver, reply.said) == (0, "", "")


def test_json_written_otherwise_than_messages_are_is_refused(door: Door) -> None:
    told = _told(door)
    plain = chain.canonical(told)
    content = chain.canonical(told["content"])
    for otherwise in (
        plain + b" ",
        b" " + plain,
        plain.replace(b":", b": ", 1),
        plain.replace(b'"version":1', b'"version":1.0'),
        plain.replace(b'"version":1', b'"version":1,"version":1'),
        plain.replace(b'"quantity":10', b'"quantity":1e1'),
        plain.replace(b'"quantity":10', b'"quantity":NaN'),
        plain.replace(b'"quantity":10', b'"quantity":-Infinity'),
        plain.replace(b'"quantity":10', b'"quantity":10.0'),
        plain.replace(b'"quantity":10', b'"quantity":010'),
        plain.replace(b'"quantity":10', b'"quantity":' + b"9" * 100),
        plain.replace(b'"quantity":10', b'"quantity":' + b"9" * 5_000),
        plain.replace(b'"quantity":10', b'"quantity":-9223372036854775809'),
        plain.replace(b'"MN003"', b'"MN\\u0030\\u0030\\u0033"'),
        plain.replace(b'"MN003"', b'"\\ud800"'),
        plain.replace(b'"MN003"', b'"\xed\xa0\x80"'),
        plain.replace(b'"MN003"', b'"MN003\\u0000"'),
        plain.replace(b'"MN003"', b'"MN003\x00"'),
        plain.replace(content, _nested(30)),
        plain.replace(content, _nested(900)),
        json.dumps(told).encode(),
    ):
        assert otherwise != plain
        door.refused(Code.MALFORMED, otherwise, door.both.japan.desk.seal.sign(otherwise))


#: Values of every type, of which at most one is right at a place.
VALUES: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 1, 2**63 - 1, "", "x", "あ" * 400, "\u2028", [], [[]], {}),
    *({"a": []}, [None], ["JP"], "JP\n", "2026-11-23T00:00:00.000000Z\n"),
    "2026-02-30T00:00:00.000000Z",
)


def test_a_value_of_a_wrong_type_is_refused_at_each_place_of_a_message(door: Door) -> None:
    told, seal = _told(door), door.both.japan.desk.seal
    before, known, tried = door.moved(), len(door.logged()), 0
    for name in told:
        for value in VALUES:
            if name == "number" and value == 2**63 - 1:
                continue
            changed = told | {name: value}
            if changed == told or (name == "content" and isinstance(value, dict)):
                continue
            body = chain.canonical(changed)
            reply = door.post(body, seal.sign(body))[1]
            tried += 1
            assert reply.answer is Answer.REFUSED, changed
            assert reply.code in {
                *(Code.MALFORMED, Code.UNKNOWN_KIND, Code.CLOCK, Code.NUMBER_USED, Code.REPLAYED)
            }, (reply.code, changed)
        left_out = chain.canonical({key: value for key, value in told.items() if key != name})
        door.post(left_out, seal.sign(left_out))
        tried += 1
    more = chain.canonical(told | {"more": 1})
    assert door.post(more, seal.sign(more))[1].code == Code.MALFORMED
    assert door.moved() == before
    assert len(door.logged()) == known + tried + 1


def test_a_value_of_a_wrong_type_is_rejected_at_each_place_of_a_proposal(door: Door) -> None:
    before = door.moved()[:-1]
    unit = door.unit(
        itmo={
            "approach": "CA0004",
            "party_registry": "JPN01",
            "first_transferring": "VNX",
            "mitigation_type": "reductions",
            "underlying_registry": "JCM",
            "underlying_first": 1,
        },
        unit_class="itmo",
        vintage=2022,
    )
    for change in _changes(door, unit):
        status, reply = door.post(*door.sealed(door.next(change)))
        assert (status, reply.answer) == (200, Answer.REJECTED), str(change)
        assert reply.code, change
    assert door.moved()[:-1] == before


def _changes(door: Door, unit: dict[str, Any]) -> Generator[dict[str, Any], None, None]:
    """Yield proposals of which one place is wrong."""
    for value in VALUES:
        for name in ("crossing", "from", "to", "quantity", "units"):
            yield door.proposal(**{name: value})
        yield door.proposal(value)
        for name in unit["itmo"]:
            yield door.proposal(unit | {"itmo": unit["itmo"] | {name: value}})
    for name in door.unit():
        for value in VALUES:
            yield door.proposal(door.unit() | {name: value})
        yield door.proposal({key: told for key, told in door.unit().items() if key != name})
    for value in VALUES[1:]:
        yield door.proposal(door.unit() | {"itmo": value})


def test_a_completion_of_what_was_never_proposed_is_rejected_whatever_it_says(door: Door) -> None:
    before = door.moved()[:-1]
    for kind in (Message.COMPLETION, Message.CANCELLATION):
        for value in (*VALUES, "JP9999999999"):
            envelope = replace(door.next({"crossing": value}), kind=kind)
            status, reply = door.post(*door.sealed(envelope))
            is_known = kind is Message.CANCELLATION and value == "JP9999999999"
            assert status == 200
            assert reply.answer is (Answer.DONE if is_known else Answer.REJECTED), value
    assert door.moved()[:-1] == before


def test_a_suspended_registry_is_refused_and_heard_again_when_resumed(door: Door) -> None:
    mongolia, now = door.both.mongolia.database, datetime.now(UTC)
    mongolia.write(lambda s: peers.suspend(s, "JP", reason="Drill", now=now))
    door.refused(Code.SENDER_SUSPENDED, *door.sealed(door.next()))
    mongolia.write(lambda s: peers.resume(s, "JP", reason="Drill", now=now))
    assert door.post(*door.sealed(door.next()))[1].answer is Answer.DONE
