"""Issuances in two registries: which decisions they share, and what does not add up."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from app.domain.exchange import Code
from app.domain.exchange_errors import MessageRejected
from app.domain.peer_issuances import FINDING_NAMES, Announced, Decided, Finding, partner, read

TOLD = Announced(
    reference="MN0000000012",
    decision="MN003-1",
    project="MN003",
    vintage=2019,
    quantity=40,
    issued_at=datetime(2026, 4, 1, 1, 30, tzinfo=UTC),
    decided_on=date(2026, 3, 31),
)
DECIDED = Decided(
    total=100, share=60, is_complete=True, issued=60, announced=40, decided_on=date(2026, 3, 31)
)


def test_only_japan_shares_decisions_with_others() -> None:
    assert partner("JP", "MN") == partner("MN", "JP") == "MN"
    assert partner("MN", "VN") is None


def test_an_announcement_is_read_as_it_was_told() -> None:
    assert read(TOLD.content(), "MN") == TOLD
    undated = replace(TOLD, decided_on=None)
    assert read(undated.content(), "MN") == undated


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"more": 1}, Code.MALFORMED),
        ({"transaction": 12}, Code.NUMBER_MALFORMED),
        ({"transaction": "MN12"}, Code.NUMBER_MALFORMED),
        ({"transaction": "VN0000000012"}, Code.NUMBER_MALFORMED),
        ({"decision": ""}, Code.MALFORMED),
        ({"decision": "a\nb"}, Code.MALFORMED),
        ({"project": None}, Code.MALFORMED),
        ({"vintage": 19}, Code.MALFORMED),
        ({"quantity": 0}, Code.MALFORMED),
        ({"quantity": True}, Code.MALFORMED),
        ({"quantity": 2**63}, Code.MALFORMED),
        ({"issued_at": "2026-04-01"}, Code.MALFORMED),
        ({"issued_at": "2026-04-01T01:30:00.0Z"}, Code.MALFORMED),
        ({"decided_on": "2026-02-30"}, Code.MALFORMED),
        ({"decided_on": "20260401"}, Code.MALFORMED),
    ],
)
def test_one_that_is_malformed_is_rejected(changes: dict[str, object], code: Code) -> None:
    with pytest.raises(MessageRejected) as rejection:
        read(TOLD.content() | changes, "MN")
    assert rejection.value.reason == code


def test_what_is_missing_or_does_not_add_up_is_named_with_its_tonnes() -> None:
    same = [date(2026, 3, 31)]
    for decided, days, found in (
        (DECIDED, same, []),
        (replace(DECIDED, issued=10, announced=0), [], ["open_here 50", "open_there 40"]),
        (replace(DECIDED, announced=41), same, ["above_total 1", "above_share 1"]),
        (replace(DECIDED, issued=0, announced=41), same, ["above_share 1", "open_here 60"]),
        (replace(DECIDED, total=None), same, ["share_unknown 0"]),
        (
            replace(DECIDED, is_complete=False, announced=41),
            same,
            ["above_total 1", "share_unknown 0"],
        ),
        (DECIDED, [date(2026, 4, 1)], ["other_date 0"]),
        (replace(DECIDED, decided_on=None), [date(2026, 4, 1)], []),
    ):
        assert [f"{finding} {tonnes}" for finding, tonnes in decided.findings(days)] == found


def test_every_finding_has_its_words() -> None:
    assert set(FINDING_NAMES) == set(Finding)
