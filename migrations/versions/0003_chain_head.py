"""Write the head of the empty chain: the row that gives completed transactions their order."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    digest = "decode(repeat('00', 32), 'hex')"
    if op.get_bind().dialect.name == "sqlite":
        digest = "zeroblob(32)"
    op.execute(
        "INSERT INTO chain_head (id, position, digest, completed_at, serial_next)"
        f" VALUES (1, 0, {digest}, '1970-01-01 00:00:00.000000', 1)"
    )


def downgrade() -> None:
    op.execute("DELETE FROM chain_head")
