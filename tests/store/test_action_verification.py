"""What `flask verify` finds of actions, authorizations' effects and sums that were altered."""

from collections.abc import Generator
from typing import NamedTuple

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain import findings
from app.domain.ledger import Kind
from app.domain.nomenclature import CancelledFor, Definition
from app.registry import actions
from app.store import verification
from app.store.databases import Database
from tests import article6, itmos, tampering, world
from tests.itmos import HOST
from tests.world import NOW, World

#: Each alteration, and the row that is named first.
ALTERATIONS = {
    "UPDATE actions SET calendar_year = 2030 WHERE type = 'use'": "actions 4",
    "UPDATE actions SET last = last - 1 WHERE id = 5": "actions 5",
    "UPDATE actions SET version_id = 2 WHERE id = 3": "actions 3",
    "UPDATE actions SET is_final = NOT is_final WHERE id = 5": "actions 5",
    "UPDATE actions SET note = 'more' WHERE id = 1": "actions 1",
    "UPDATE actions SET counterparty = 'CHE' WHERE id = 4": "actions 4",
    "UPDATE actions SET issuance_id = 1 WHERE id = 4": "actions 4",
    "UPDATE actions SET transaction_id = NULL WHERE id = 5": "actions 101-110 of transaction 4",
    "UPDATE actions SET transaction_id = 1 WHERE id = 1": "actions 1",
    "UPDATE actions SET transaction_id = 99 WHERE id = 5": "actions 101-110 of transaction 4",
    "DELETE FROM actions WHERE id = 4": "actions 201-205 of transaction 3",
    "DELETE FROM actions WHERE id = 2": "actions 1-100 of an authorization",
    "UPDATE uses SET calendar_year = 2030": "transactions 3",
    "UPDATE uses SET cancelled_for = 'imp' WHERE cancelled_for IS NOT NULL": "transactions 4",
    "DELETE FROM uses WHERE transaction_id = 3": "transactions 3",
    "UPDATE itmo_units SET first_transferring = 'CHE' WHERE issuance_id = 2": "itmo_units 2",
    "UPDATE itmo_units SET underlying_first = 7 WHERE issuance_id = 2": "itmo_units 2",
    "UPDATE authorization_effects SET position = 0": "authorization_effects 1",
    "DELETE FROM authorization_effects": "actions 1",
    "UPDATE action_sums SET quantity = quantity + 1 WHERE type = 'use'": "action_sums 1/",
    "DELETE FROM action_sums WHERE type = 'use'": "action_sums 1/",
}


class Told(NamedTuple):
    database: Database
    cast: World


@pytest.fixture
def told(engine: str) -> Generator[Told, None, None]:
    """A registry in which an authorization reached what was held, and others moved after it."""
    with world.populated_url(engine) as (url, cast):
        database = tampering.without_constraints(url)

        def tell(session: Session) -> None:
            approach = article6.approach(session, definition=Definition.AUTHORIZATION)
            itmos.issue(session, cast, 100, party=HOST)
            version = article6.authorization(session, cast, approach)
            actions.authorized(session, version.id, party=HOST, now=NOW)
            article6.authorization(session, cast, None, identifier="JPN-2022-0")
            itmos.issue(session, cast, 105)
            # What was acquired is used; what the registry's own is cancelled.
            itmos.move(session, cast, serials=[itmos.Range(201, 205)], project=None)
            itmos.move(
                session,
                cast,
                Kind.VOLUNTARY_CANCELLATION,
                serials=[itmos.Range(101, 110)],
                project=None,
                cancelled_for=CancelledFor.OMGE,
            )

        database.write(tell)
        yield Told(database, cast)
        database.close()


def test_every_alteration_is_found_and_its_row_is_the_first_named(told: Told) -> None:
    with told.database.reading() as session:
        assert list(verification.findings(session)) == []
        assert [kind for kind, *_ in itmos.told(session)] == [
            *("authorization", "first_transfer", "acquisition", "use", "voluntary_cancellation"),
        ]
    missed = []
    # The checks are the same on both engines; on one of them a sample is enough.
    every = 1 if told.database.dialect == "sqlite" else 4
    for statement, row in list(ALTERATIONS.items())[::every]:
        with tampering.unguarded(told.database) as session:
            session.execute(text(statement))
            found = next(verification.findings(session), None)
            session.rollback()
        assert found is None or findings.read(findings.stored(found)) == found
        if found is None or not f"{found.table} {found.row}".startswith(row):
            missed.append(f"{statement}: {found}")
    assert not missed, "\n".join(missed)
