"""Pauses, changes of the calendar with what they moved, days set by hand, and occurrences that were skipped."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "pause",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("process", sa.Text(), nullable=True),
        sa.Column("yearly", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_pause_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f("pk_pause")),
    )
    op.create_index("uq_pause_name", "pause", ["municipality_id", "name"], unique=True)
    op.create_table(
        "calendar_change",
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("moves", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version_before", sa.Text(), nullable=False),
        sa.Column("version_after", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_calendar_change_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_change_person_id_person")),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f("pk_calendar_change")),
    )
    for table in ("pause", "calendar_change"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY municipality ON {table} USING ("
            "current_setting('app.municipalities', true) = '*' OR municipality_id = "
            "ANY (string_to_array(current_setting('app.municipalities', true), ',')))"
        )
    op.add_column("occurrence", sa.Column("status", sa.Text(), server_default="started", nullable=False))
    op.add_column("occurrence", sa.Column("reason", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("ck_occurrence_status"), "occurrence", "status IN ('started', 'skipped')")
    for table in ("user_task", "job"):
        op.add_column(table, sa.Column("moved_by", sa.Uuid(), nullable=True))
        op.create_foreign_key(op.f(f"fk_{table}_moved_by_person"), table, "person", ["moved_by"], ["id"])


def downgrade() -> None:
    for table in ("job", "user_task"):
        op.drop_column(table, "moved_by")
    op.drop_constraint("ck_occurrence_status", "occurrence")
    op.drop_column("occurrence", "reason")
    op.drop_column("occurrence", "status")
    op.drop_table("calendar_change")
    op.drop_table("pause")
