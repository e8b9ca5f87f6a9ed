"""ITMOs: their identifiers by issuance, found by every part, kept when blocks are divided."""

from dataclasses import replace

from sqlalchemy.orm import Session

from app.domain import itmo
from app.domain.itmo import Units
from app.domain.nomenclature import ActionType
from app.domain.serials import Range
from app.store import blocks, itmos
from app.store.blocks import Search
from tests import article6, world
from tests.world import ITMO_PROJECT, ITMO_VINTAGE, World


def test_r9_an_identifier_has_the_parts_of_its_issuance_and_older_credits_have_none(
    stage: Session, cast: World
) -> None:
    older = world.issued(stage, cast, quantity=10)
    units = article6.issued(stage, cast, article6.approach(stage), quantity=100)
    every = {row.issuance_id: row.first for row in blocks.find(stage, Search())}
    assert set(every.values()) == {older.first, units.first}
    assert itmos.units(stage, every) == {
        units.id: Units(article6.CODE, "JPN01", article6.HOST),
    }
    assert itmos.units(stage, []) == {}


def test_r11_a_divided_and_moved_block_keeps_its_identifier(stage: Session, cast: World) -> None:
    units = article6.issued(stage, cast, article6.approach(stage), quantity=100)
    world.moved(stage, cast, quantity=30, project=ITMO_PROJECT)
    world.moved(stage, cast, source=cast.kaede, target=cast.outside, quantity=10)
    rows = blocks.find(stage, Search(range=Range(units.first, units.last)))
    assert len(rows) == 3
    for row in rows:
        parts = itmos.units(stage, [row.issuance_id])[row.issuance_id]
        said = itmo.identifier(parts, Range(row.first, row.last), row.vintage)
        assert str(said) == f"CA0004-JPN01-{article6.HOST}-{row.first}-{row.last}-{row.vintage}"
        assert itmos.numbers(stage, said) == said.range


def test_an_identifier_finds_numbers_only_if_every_part_of_it_is_so(
    stage: Session, cast: World
) -> None:
    units = article6.issued(stage, cast, article6.approach(stage), quantity=100)
    numbers = Range(units.first, units.last)
    parts = Units(article6.CODE, "JPN01", article6.HOST)
    said = itmo.identifier(parts, numbers, ITMO_VINTAGE)
    assert itmos.numbers(stage, replace(said, range=Range(1, units.last + 50))) == numbers
    for other in (
        replace(said, approach="CA0005"),
        replace(said, registry="JPN02"),
        replace(said, first_transferring="MNG"),
        replace(said, vintage=ITMO_VINTAGE + 1),
        replace(said, range=Range(units.last + 1, units.last + 1)),
    ):
        assert itmos.numbers(stage, other) is None


def test_tonnes_are_told_by_type_and_the_public_ones_without_what_is_confidential(
    stage: Session, cast: World
) -> None:
    units = article6.issued(stage, cast, article6.approach(stage), quantity=100)
    before = itmos.tonnes(stage, public=False)
    known = article6.authorization(stage, cast, None)
    hidden = article6.authorization(
        stage, cast, None, identifier="S-1", is_confidential=True, confidential_basis="law"
    )
    first, last = units.first, units.last
    article6.action(stage, units, known, ActionType.ACQUISITION, part=Range(first, last - 40))
    article6.action(stage, units, hidden, ActionType.ACQUISITION, part=Range(last - 39, last))
    article6.action(
        stage, units, hidden, ActionType.USE, part=Range(last, last), calendar_year=2026
    )
    assert before == {}
    assert itmos.tonnes(stage, public=False) == {
        ActionType.ACQUISITION: 100,
        ActionType.USE: 1,
    }
    assert itmos.tonnes(stage, public=True) == {ActionType.ACQUISITION: 60}
