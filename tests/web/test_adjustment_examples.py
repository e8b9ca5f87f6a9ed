"""The worked example: what is used or held, and what is for other purposes, is what was moved."""

from app.web.adjustment_examples import example


def test_both_parties_are_of_one_system() -> None:
    given = example()
    moved, used = (sum(map(int, given.getlist(name))) for name in ("transferred", "other_used"))
    # 240 used, 10 held at the end, 30 for other international mitigation purposes.
    assert (moved, used) == (280, 240)
    assert {len(given.getlist(name)) for name in given if len(given.getlist(name)) > 1} == {10}
