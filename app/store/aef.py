"""The tables of the Agreed Electronic Format for a year, as the ledger gives them now.

Actions are those of the year in UTC. Holdings are the ITMOs that lay in holding accounts when 31
December ended in UTC: units that were first transferred here or acquired. Rows are streamed.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import chain
from typing import Final

from sqlalchemy import Connection, select

from app.domain import aef
from app.domain.aef_editions import Line, Row, Version
from app.domain.aef_formats import Word
from app.domain.aef_sources import Approach as Known
from app.domain.aef_sources import Limits, Numbered, Past
from app.domain.authorizations import Standing
from app.store import aef_streams
from app.store.databases import AnyRow
from app.store.tables import Approach, Authorization, AuthorizationVersion, AuthorizedEntity

_VERSIONS: Final = (
    select(
        *AuthorizationVersion.__table__.columns, Authorization.identifier, Authorization.approach_id
    )
    .join(Authorization, Authorization.id == AuthorizationVersion.authorization_id)
    .where(AuthorizationVersion.standing == Standing.APPROVED)
    .order_by(Authorization.identifier, AuthorizationVersion.number)
)
_ENTITIES: Final = (
    select(AuthorizedEntity.__table__)
    .join(AuthorizationVersion, AuthorizationVersion.id == AuthorizedEntity.version_id)
    .where(AuthorizationVersion.standing == Standing.APPROVED)
    .order_by(AuthorizedEntity.version_id, AuthorizedEntity.position)
)
_APPROACHES: Final = select(Approach.__table__).order_by(Approach.code)


class Report:
    """The annual information of a registry's Party; every question opens a stream of its own.

    Args:
        party: the Party that reports, alpha-3.
        version: that of the submission, with its day.
        ndc_years: the first and last year of the Party's present NDC period.
    """

    def __init__(
        self,
        connection: Connection,
        party: str,
        year: int,
        version: Version,
        submitted_on: date,
        ndc_years: tuple[int, int],
    ) -> None:
        self.party = party
        self.year = year
        self.version = version
        self.submitted_on = submitted_on
        self.ndc_years = ndc_years
        self._connection = connection
        self._begin = datetime(year, 1, 1, tzinfo=UTC)
        self._end = datetime(year + 1, 1, 1, tzinfo=UTC)

    # The tables

    def lines(self) -> Iterator[Line]:
        """Yield the rows of all tables, each with the word of its table, in the format's order."""
        tables = (
            (Word.SUBMISSION, iter((self.submission(),))),
            (Word.AUTHORIZATIONS, self.authorizations()),
            (Word.ACTIONS, self.actions()),
            (Word.HOLDINGS, self.holdings()),
            (Word.ENTITIES, self.entities()),
        )
        return chain.from_iterable(_marked(word, rows) for word, rows in tables)

    def draft_lines(self) -> Iterator[Line]:
        """Yield the same in the layout of the draft of 2022."""
        return aef.drafted(self.lines())

    def submission(self) -> Row:
        """Return the one row of table 1."""
        return aef.submission(
            party=self.party,
            year=self.year,
            version=self.version,
            submitted_on=self.submitted_on,
            ndc_years=self.ndc_years,
        )

    def authorizations(self) -> Iterator[Row]:
        """Yield table 2: versions that were made in the year, or that other tables refer to."""
        for said, approach in self._told:
            entities = [one.number for one in self._entities.get(said.id, ())]
            yield aef.authorization(said, approach, entities)

    def actions(self) -> Iterator[Row]:
        """Yield table 3: the actions of the year, in their order."""
        found = aef_streams.actions(self._connection, self._begin, self._end)
        return (aef.action(done) for done in found)

    def holdings(self) -> Iterator[Row]:
        """Yield table 4: the ITMOs held at the end of the year, by registry and number."""
        return (aef.holding(held) for held in aef_streams.held(self._connection, self._end))

    def entities(self) -> Iterator[Row]:
        """Yield table 5: the entities of the authorizations in table 2, none of them twice."""
        rows = (
            aef.entity(one, said.authorized_on, approach.code)
            for said, approach in self._told
            for one in self._entities.get(said.id, ())
        )
        return iter(dict.fromkeys(rows))

    def confidential(self) -> str | None:
        """Return on what basis any of this is confidential, or None where everyone may read it.

        An authorization that became confidential later is so in every year that tells of it.
        """
        latest = {one.authorization_id: one for one in self._versions}
        told = [said for said, _approach in self._told]
        shown = told + [latest[said.authorization_id] for said in told]
        return next((one.confidential_basis for one in shown if one.is_confidential), None)

    # What the pre-check reads besides

    def actions_by_number(self) -> Iterator[Numbered]:
        """Yield the rows of table 3 by registry, first number and place."""
        found = aef_streams.actions_by_number(self._connection, self._begin, self._end)
        return (Numbered(done.place, aef.action(done)) for done in found)

    def holdings_by_number(self) -> Iterator[Numbered]:
        """Yield the rows of table 4 by registry, first number and place."""
        return (Numbered(place, row) for place, row in enumerate(self.holdings(), 1))

    def earlier(self) -> Iterator[Past]:
        """Yield what was acted on before the year, by registry and first number."""
        return aef_streams.earlier(self._connection, self._begin)

    def limits(self) -> Mapping[str, Limits]:
        """Return what authorizations limit, by their identifier.

        A version may narrow the vintages only after something happened under the one before, so
        each authorization counts with the widest it had by the end of the year.
        """
        taken = aef_streams.taken(self._connection, self._begin)
        found: dict[str, list[AnyRow]] = defaultdict(list)
        for one in self._versions:
            if one.effective_on < self._end.date():
                found[one.identifier].append(one)
        return {
            identifier: Limits(
                _edge([one.vintage_first for one in versions], is_lowest=True),
                _edge([one.vintage_last for one in versions], is_lowest=False),
                taken.get(identifier, 0),
            )
            for identifier, versions in found.items()
        }

    def approaches(self) -> Mapping[str, Known]:
        """Return what is known of the approaches, by their code."""
        return {
            one.code: Known(one.code_is_official, one.initial_report_on)
            for one in self._approaches.values()
        }

    # What is read once

    @cached_property
    def _approaches(self) -> dict[int, AnyRow]:
        return {one.id: one for one in self._connection.execute(_APPROACHES)}

    @cached_property
    def _versions(self) -> Sequence[AnyRow]:
        return self._connection.execute(_VERSIONS).all()

    @cached_property
    def _entities(self) -> dict[int, list[AnyRow]]:
        found: dict[int, list[AnyRow]] = defaultdict(list)
        for one in self._connection.execute(_ENTITIES):
            found[one.version_id].append(one)
        return found

    @cached_property
    def _told(self) -> list[tuple[AnyRow, AnyRow]]:
        """The versions that table 2 tells of, each with an approach.

        A blanket authorization covers every approach, and is told of those that actions or
        holdings refer to.
        """
        referred = aef_streams.referred(self._connection, self._begin, self._end)
        active = {approach for _version, approach in referred}
        found = []
        for said in self._versions:
            approaches = {approach for version, approach in referred if version == said.id}
            if self.year in (said.authorized_on.year, said.effective_on.year):
                approaches |= active if said.approach_id is None else {said.approach_id}
            ordered = [one for one in self._approaches.values() if one.id in approaches]
            found += [(said, approach) for approach in ordered]
        return found


def _marked(word: Word, rows: Iterator[Row]) -> Iterator[Line]:
    return ((word, row) for row in rows)


def _edge(years: Sequence[int | None], *, is_lowest: bool) -> int | None:
    """Return the widest limit, which is none where any version had none."""
    known = [year for year in years if year is not None]
    if len(known) < len(years):
        return None
    return min(known) if is_lowest else max(known)
