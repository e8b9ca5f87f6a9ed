"""A registry of the test's own behind its pages, for journeys through them."""

from collections.abc import Generator

import pytest

from tests import portal as portals
from tests.portal import Portal


@pytest.fixture
def portal(engine: str) -> Generator[Portal, None, None]:
    """A registry with the cast in it, whose people can sign in."""
    with portals.opened(engine) as made:
        yield made
