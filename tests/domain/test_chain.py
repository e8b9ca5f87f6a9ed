"""The hash chain: fixed bytes and digests that anyone can recompute with SHA-256 alone."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import chain

FACTS = {
    "vintage": 2019,
    "kind": "transfer",
    "purpose": "自主的取消し “é”",
    "remark": None,
    "done": True,
    "at": datetime(2026, 1, 30, 9, 0, tzinfo=timezone(timedelta(hours=9))),
    "on": date(2026, 3, 31),
    "ranges": [[1, 9223372036854775807]],
    "issuance": {"project": "MN003", "partner": "MN"},
}
BODY = (
    '{"at":"2026-01-30T00:00:00.000000Z","done":true,'
    '"issuance":{"partner":"MN","project":"MN003"},"kind":"transfer","on":"2026-03-31",'
    '"purpose":"自主的取消し “é”","ranges":[[1,9223372036854775807]],"remark":null,'
    '"vintage":2019}'
)
#: printf %s '<BODY>' | sha256sum, and the same after 32 zero bytes.
ALONE = "b8ba972470e2377a3058eb78389834bb86cb878610b629c33e85ee597664a63d"
FIRST = "400b0ecb9af6e688b4fb97953a96f7f5ada3bcb270f650c9cd7319881b4d0a1b"


def test_the_canonical_form_is_these_bytes() -> None:
    assert chain.canonical(FACTS) == BODY.encode()


def test_the_digests_are_these() -> None:
    assert chain.digest(BODY.encode()).hex() == ALONE
    assert chain.digest(BODY.encode(), chain.GENESIS).hex() == FIRST
    assert hashlib.sha256(bytes(32) + BODY.encode()).hexdigest() == FIRST


def test_a_digest_covers_everything_before_it() -> None:
    first = chain.digest(b"first", chain.GENESIS)
    second = chain.digest(b"second", first)
    assert (
        second == hashlib.sha256(hashlib.sha256(bytes(32) + b"first").digest() + b"second").digest()
    )
    assert second != chain.digest(b"second", chain.digest(b"First", chain.GENESIS))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc"), inner, max_size=3),
    max_leaves=8,
)
facts = st.dictionaries(st.text("abcdef", min_size=1), values, max_size=6)


@given(facts, st.randoms(use_true_random=False))
def test_the_order_in_which_facts_are_written_does_not_matter(said: dict, random) -> None:  # type: ignore[type-arg,no-untyped-def] # any JSON
    shuffled = list(said.items())
    random.shuffle(shuffled)
    assert chain.canonical(dict(shuffled)) == chain.canonical(said)


@given(facts, facts)
def test_different_facts_have_different_bytes(one: dict, other: dict) -> None:  # type: ignore[type-arg] # any JSON
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (chain.canonical(one) == chain.canonical(other)) is same


@given(
    st.datetimes(datetime(1970, 1, 2), datetime(9999, 1, 1), timezones=st.timezones())  # noqa: DTZ001 - Hypothesis adds them
)
def test_a_moment_reads_the_same_in_every_time_zone(at: datetime) -> None:
    assert chain.moment(at) == chain.moment(at.astimezone(UTC))
    assert len(chain.moment(at)) == len("2026-01-30T00:00:00.000000Z")


def test_a_value_without_a_canonical_form_is_a_fault_of_ours() -> None:
    with pytest.raises(AssertionError):
        chain.canonical({"amount": 1j})  # type: ignore[dict-item] # what it guards against
