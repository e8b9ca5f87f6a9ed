"""The standing of a third-party entity in words."""

from app.domain.references import STANDING_NAMES, Standing


def test_every_standing_has_its_words() -> None:
    assert list(STANDING_NAMES) == list(Standing)
    assert len({name.ja for name in STANDING_NAMES.values()}) == len(Standing)
