"""Which serial numbers an order moves: those it names, or the lowest ones that are free."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from app.domain import bands, ledger, projects, serials
from app.domain.errors import (
    AttributeDiffers,
    NothingChosen,
    PeriodsMixed,
    QuantityDiffers,
    SerialsBarred,
    SerialsNeverIssued,
    SerialsNotHeld,
    SerialsReserved,
    TooManyBlocks,
    UnknownProject,
)
from app.domain.ledger import BLOCKS_MAX, Kind
from app.domain.serials import Range, Serial
from app.store import blocks
from app.store import projects as project_questions
from app.store.databases import AnyRow


@dataclass(frozen=True, slots=True)
class Chosen:
    """Serial numbers to move, ascending and joined; none of them is of a later vintage."""

    ranges: list[Range]
    newest: int


def choose(
    connection: Connection,
    source: AnyRow,
    kind: Kind,
    *,
    quantity: int | None,
    named: Sequence[Serial | Range],
    project: str | None,
    vintage: int | None,
) -> Chosen:
    """Return the serial numbers that would leave the locked source.

    An order of the authority reaches barred serial numbers too.

    Raises:
        Refusal: what is asked for does not exist, is not there, or is not free.
    """
    bars = kind is not Kind.MANDATORY_CANCELLATION
    if named:
        chosen = _named(connection, source, named, project=project, vintage=vintage, bars=bars)
        total = serials.quantity(chosen.ranges)
        if quantity is not None and quantity != total:
            raise QuantityDiffers(quantity, total, field="quantity")
    else:
        if quantity is None:
            raise NothingChosen(field="quantity")
        ledger.check_quantity(quantity)
        chosen = _lowest(connection, source, quantity, project=project, vintage=vintage, bars=bars)
    if kind is Kind.RETIREMENT:
        _check_one_period(connection, chosen.ranges)
    return chosen


def _lowest(
    connection: Connection,
    source: AnyRow,
    quantity: int,
    *,
    project: str | None,
    vintage: int | None,
    bars: bool,
) -> Chosen:
    project_id = None
    if project:
        project_id = project_questions.identifier(connection, project)
        if project_id is None:
            raise UnknownProject(project, field="project")
    kept = blocks.kept(connection, source.id, bars=bars)
    vintages: set[int] = set()

    def free() -> Iterator[Range]:
        for block in blocks.held(connection, source.id, project_id=project_id, vintage=vintage):
            vintages.add(block.vintage)
            yield Range(block.first, block.last)

    return Chosen(ledger.choose(free(), kept, quantity), max(vintages))


def _named(
    connection: Connection,
    source: AnyRow,
    items: Sequence[Serial | Range],
    *,
    project: str | None,
    vintage: int | None,
    bars: bool,
) -> Chosen:
    """Check the serial numbers that the order names, block by block."""
    own = source.number[:2]
    named = serials.distinct([bands.place(item, own=own) for item in items])
    moving = newest = 0
    for wanted in named:
        covering = blocks.covering(connection, wanted)
        moving += len(covering)
        if moving > BLOCKS_MAX:
            raise TooManyBlocks(BLOCKS_MAX, field="serials")
        _check_held(covering, wanted, source)
        newest = max(newest, *(block.vintage for block in covering))
        _check_attributes(connection, covering, project=project, vintage=vintage)
    _check_apart(named, blocks.kept(connection, source.id, bars=False), SerialsReserved)
    if bars:
        _check_apart(named, blocks.barred(connection), SerialsBarred)
    for item in items:
        if isinstance(item, Serial):
            _check_attributes(
                connection,
                blocks.covering(connection, bands.place(item, own=own)),
                partner=item.partner,
                project=item.project,
                vintage=item.vintage,
            )
    return Chosen(serials.join(named), newest)


def _check_apart(
    named: Sequence[Range],
    kept: Sequence[Range],
    refusal: type[SerialsReserved] | type[SerialsBarred],
) -> None:
    for wanted in named:
        for range_ in kept:
            common = serials.overlap(wanted, range_)
            if common is not None:
                raise refusal(common.first, common.last, field="serials")


def _check_held(covering: Sequence[AnyRow], wanted: Range, source: AnyRow) -> None:
    covered = 0
    for block in covering:
        part = serials.overlap(Range(block.first, block.last), wanted)
        covered += part.quantity if part else 0
    # What no live block covers was never issued, or never came here from the registry that did.
    if covered != wanted.quantity:
        raise SerialsNeverIssued(wanted.first, wanted.last, field="serials")
    if any(block.account_id != source.id for block in covering):
        raise SerialsNotHeld(wanted.first, wanted.last, field="serials")


def _check_attributes(
    connection: Connection,
    covering: Sequence[AnyRow],
    *,
    partner: str | None = None,
    project: str | None,
    vintage: int | None,
) -> None:
    """Refuse what is said of the blocks and is not so; None says nothing."""
    for block in covering:
        actual = project_questions.reference(connection, block.project_id) if project else None
        for attribute, given, found in (
            ("partner", partner, block.partner),
            ("project", project, actual),
            ("vintage", vintage, block.vintage),
        ):
            if given and given != found:
                raise AttributeDiffers(attribute, str(given), str(found), field="serials")


def _check_one_period(connection: Connection, chosen: Sequence[Range]) -> None:
    periods = {
        projects.period(block.vintage)
        for range_ in chosen
        for block in blocks.covering(connection, range_)
    }
    if len(periods) > 1:
        raise PeriodsMixed(field="serials")
