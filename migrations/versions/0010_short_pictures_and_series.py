"""Pictures on the way to the yearly one, meetings with agenda and attendance, and series of figures with observations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

PICTURE = ("title", "summary", "trend")
TABLES = ("data_series", "observation")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _data_series()
    _observation()
    for table in TABLES:
        _protect(table)
    op.add_column("situation_picture", sa.Column("kind", sa.Text(), server_default="yearly", nullable=False))
    for column in PICTURE:
        op.add_column("situation_picture", sa.Column(column, sa.Text(), nullable=True))
    for column in ("agenda", "attendance"):
        op.add_column("meeting", sa.Column(column, postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    for column in ("place", "minutes"):
        op.add_column("meeting", sa.Column(column, sa.Text(), nullable=True))


def downgrade() -> None:
    for column in ("place", "minutes", "agenda", "attendance"):
        op.drop_column("meeting", column)
    for column in ("kind", *PICTURE):
        op.drop_column("situation_picture", column)
    for table in reversed(TABLES):
        op.drop_table(table)


def _data_series() -> None:
    _record_table(
        "data_series",
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("preliminary", sa.Boolean(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("attachment", sa.Uuid(), nullable=True),
    )


def _observation() -> None:
    _record_table(
        "observation",
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("comparison", sa.Double(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
    )


def _record_table(name: str, *columns: sa.Column[object]) -> None:
    """A table of records: its own columns, and those that say where each came from."""
    op.create_table(
        name,
        *columns,
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("process_instance_id", sa.Uuid(), nullable=True),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("extra", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f(f"fk_{name}_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f(f"pk_{name}")),
    )
    op.create_index(f"ix_{name}_instance", name, ["municipality_id", "process_instance_id"], unique=False)
    op.create_index(f"ix_{name}_year", name, ["municipality_id", "year"], unique=False)
    op.create_index(f"uq_{name}_source_key", name, ["municipality_id", "source_key"], unique=True)


def _protect(table: str) -> None:
    """Rows of another municipality do not exist for whoever asks."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY municipality ON {table} USING ("
        "current_setting('app.municipalities', true) = '*' OR municipality_id = "
        "ANY (string_to_array(current_setting('app.municipalities', true), ',')))"
    )
