"""How Alembic reaches a registry's database: through the app, or a connection handed to it."""

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.types import TypeEngine

from app.store.tables import Base
from app.store.tables.base import Moment, Word


def render_item(kind: str, item: object, autogen_context: object) -> str | bool:
    """Write our column types as what they are in the database; a migration outlives our code."""
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Word):
        return "sa.String(length=40)"
    return False


def compare_type(
    migration_context: object,
    inspected_column: object,
    metadata_column: object,
    inspected_type: TypeEngine[object],
    metadata_type: TypeEngine[object],
) -> bool | None:
    """Compare the types that the database keeps; ours are those underneath."""
    return False if isinstance(metadata_type, Moment | Word) else None


def include_name(name: str | None, kind: str, parents: object) -> bool:
    """Leave out the exclusion constraints' own indexes, which the tables do not declare."""
    return not (kind == "index" and name is not None and name.startswith("no_overlap_"))


def run(connection: Connection) -> None:
    """Run the migrations over a connection."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_item,
        compare_type=compare_type,
        include_name=include_name,
    )
    with context.begin_transaction():
        context.run_migrations()


handed = context.config.attributes.get("connection")
if handed is not None:
    run(handed)
else:
    from flask import current_app

    with current_app.extensions["migrate"].db.engine.connect() as opened:
        run(opened)
        opened.commit()
