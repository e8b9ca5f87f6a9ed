"""The migrations make exactly the tables the code declares, on both engines, and go one way."""

from collections.abc import Generator
from contextlib import contextmanager

import alembic.command
import alembic.config
import pytest
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.domain import chain
from app.store.databases import Database
from app.store.tables import Base, ChainHead
from tests.databases import MIGRATIONS, fresh_url, migrate


@contextmanager
def settings(database: Database) -> Generator[alembic.config.Config, None, None]:
    """Give Alembic's settings over a connection of the database's own."""
    made = alembic.config.Config(MIGRATIONS / "alembic.ini")
    made.set_main_option("script_location", str(MIGRATIONS))
    with database.engine.begin() as connection:
        made.attributes["connection"] = connection
        yield made


def revisions() -> list[str]:
    """Return the revisions from the first to the last."""
    script = ScriptDirectory(str(MIGRATIONS))
    return [revision.revision for revision in script.walk_revisions()][::-1]


def test_the_revisions_are_one_line() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    assert script.get_heads() == [revisions()[-1]]
    assert all(not revision.is_merge_point for revision in script.walk_revisions())


def test_the_tables_in_the_database_are_those_that_are_declared(database: Database) -> None:
    with settings(database) as made:
        alembic.command.check(made)
    found = set(inspect(database.engine).get_table_names())
    assert found == {table.name for table in Base.metadata.sorted_tables} | {"alembic_version"}


def test_a_difference_would_be_noticed(database: Database) -> None:
    with settings(database) as made:
        made.attributes["connection"].execute(text("ALTER TABLE holders ADD COLUMN more TEXT"))
        with pytest.raises(CommandError, match="holders"):
            alembic.command.check(made)


def test_migrating_again_changes_nothing(engine: str) -> None:
    with fresh_url(engine) as url:
        migrate(url)
        database = Database.connect(url)
        with database.reading() as session:
            version = session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
            assert version == revisions()[-1]
            head = session.execute(select(ChainHead)).scalar_one()
            assert (head.position, head.digest, head.serial_next) == (0, chain.GENESIS, 1)
        database.close()


#: The rules that the database itself keeps.
RULES = (
    "access_entries_fixed",
    "access_entries_kept",
    "actions_fixed",
    "actions_kept",
    "aef_editions_frozen",
    "aef_editions_kept",
    "application_links_kept",
    "application_steps_fixed",
    "application_steps_kept",
    "applications_final",
    "applications_kept",
    "applications_signed",
    "approaches_definition_kept",
    "arrivals_fixed",
    "arrivals_kept",
    "attachments_fixed",
    "attachments_kept",
    "authorization_documents_fixed",
    "authorization_documents_kept",
    "authorization_effects_fixed",
    "authorization_effects_kept",
    "authorization_versions_decided",
    "authorization_versions_kept",
    "authorizations_kept",
    "authorized_entities_fixed",
    "authorized_entities_kept",
    "blocks_closed_once",
    "blocks_final",
    "blocks_kept",
    "certificates_fixed",
    "certificates_kept",
    "chain_head_forward",
    "chain_head_kept",
    "claims_fixed",
    "claims_kept",
    "crossings_final",
    "crossings_kept",
    "differences_fixed",
    "differences_kept",
    "document_requests_kept",
    "editions_final",
    "editions_kept",
    "exchange_messages_answered",
    "exchange_messages_kept",
    "holder_records_fixed",
    "holder_records_kept",
    "inbox_kept",
    "issuances_fixed",
    "issuances_kept",
    "itmo_units_fixed",
    "itmo_units_kept",
    "links_kept",
    "log_entries_fixed",
    "log_entries_kept",
    "news_kept",
    "no_overlap_blocks",
    "no_overlap_expected",
    "no_overlap_reservations",
    "notifications_fixed",
    "notifications_kept",
    "once_final",
    "once_first_transfer",
    "peer_issuances_fixed",
    "peer_issuances_kept",
    "peer_keys_kept",
    "peers_kept",
    "provenances_fixed",
    "provenances_kept",
    "reconciliations_final",
    "reconciliations_kept",
    "recovery_codes_kept",
    "remarks_fixed",
    "remarks_kept",
    "requests_final",
    "requests_kept",
    "reservations_fixed",
    "retired_login_ids_fixed",
    "retired_login_ids_kept",
    "returns_fixed",
    "returns_kept",
    "second_factors_kept",
    "signatures_fixed",
    "signatures_kept",
    "transactions_final",
    "transactions_kept",
    "trusted_accounts_final",
    "trusted_accounts_kept",
    "uses_fixed",
    "uses_kept",
    "waits_fixed",
    "waits_kept",
)


def guards(session: Session) -> list[str]:
    """Return the rules that the database itself keeps, by name.

    Left out: what one engine alone would let pass, fractions as numbers and emptied tables.
    """
    queries = {
        "sqlite": (
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name NOT LIKE '%_whole'"
        ),
        "postgresql": (
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname NOT LIKE '%_emptied'"
            " UNION ALL SELECT conname FROM pg_constraint WHERE contype = 'x'"
        ),
    }
    dialect = session.get_bind().dialect.name
    return sorted(session.execute(text(queries[dialect])).scalars())


def test_both_engines_keep_the_same_rules(session: Session) -> None:
    assert guards(session) == sorted(RULES)


@pytest.mark.parametrize("target", ["base", "-1"])
def test_a_registry_never_goes_back_to_being_unguarded(database: Database, target: str) -> None:
    with database.reading() as session:
        before = guards(session)
    with pytest.raises((NotImplementedError, DBAPIError)), settings(database) as made:
        alembic.command.downgrade(made, target)
    with database.reading() as session:
        assert guards(session) == before
        assert session.get(ChainHead, 1) is not None
