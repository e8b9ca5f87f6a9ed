"""Refusals about reconciliation: each carries what its sentence says."""

from app.domain.reconciliation_errors import ResolutionMissing, SecondBookShort


def test_refusals_carry_their_facts() -> None:
    short = SecondBookShort(3, 10)
    assert (short.code, short.facts()) == (
        "SecondBookShort",
        {"field": "", "has": "3", "moves": "10"},
    )
    assert ResolutionMissing("JP-20261123-1").facts()["run"] == "JP-20261123-1"
