"""Cooperative approaches by their codes, with their partner countries."""

from sqlalchemy.orm import Session

from app.store import approaches
from tests import article6
from tests.world import ITMO_PARTNER


def test_approaches_are_found_by_code_and_partner(stage: Session) -> None:
    article6.approach(stage)
    article6.approach(stage, code="CA0001", partner="MN")
    assert [row.code for row in approaches.everyone(stage)] == ["CA0001", article6.CODE]
    found = approaches.by_code(stage, article6.CODE)
    assert found is not None
    assert (found.partner, found.alpha3) == (ITMO_PARTNER, article6.HOST)
    assert approaches.by_code(stage, "CA0002") is None
    mine = approaches.of_partner(stage, ITMO_PARTNER)
    assert mine is not None
    assert mine.code == article6.CODE
