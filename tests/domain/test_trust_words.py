"""What notifications say of trust: every wording is told by a kind, and filled by its facts."""

import pytest

from app.domain import notifications
from app.domain.notifications import Kind, Topic
from app.domain.trust_words import WORDS

FACTS = {
    "number": "JP0000000001",
    "quantity": 1_000,
    "source": "A",
    "target": "B",
    "account": "C",
    "at": ("10:00", "10時"),
    "ended": ("rejected", "却下"),
}


@pytest.mark.parametrize("kind", WORDS)
def test_a_wording_belongs_to_a_kind_and_a_topic(kind: str) -> None:
    said = notifications.detail(Kind(kind), FACTS)
    assert "{" not in said.en + said.ja
    expected = Topic.CREDITS if kind.startswith("transfer") else Topic.ACCOUNTS
    assert notifications.TOPICS[Kind(kind)] is expected
