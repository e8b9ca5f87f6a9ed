"""The cast on its stage, for every test of this folder that asks for them."""

from tests.stages import busy, cast, stage, theatre  # noqa: F401 - fixtures are found by their names
