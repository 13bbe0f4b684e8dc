"""What is told of a measure is kept: a report has a day, a status and words of its own."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "status_report",
        sa.Column("measure_id", sa.Uuid(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("department_name", sa.Text(), nullable=True),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_before", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("effect", sa.Text(), nullable=True),
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
            ["municipality_id"], ["municipality.id"], name=op.f("fk_status_report_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f("pk_status_report")),
    )
    op.create_index(
        "ix_status_report_instance", "status_report", ["municipality_id", "process_instance_id"], unique=False
    )
    op.create_index(
        "ix_status_report_measure", "status_report", ["municipality_id", "measure_id", "reported_on"], unique=False
    )
    op.create_index("ix_status_report_year", "status_report", ["municipality_id", "year"], unique=False)
    op.create_index("uq_status_report_source_key", "status_report", ["municipality_id", "source_key"], unique=True)
    op.execute("ALTER TABLE status_report ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE status_report FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY municipality ON status_report USING ("
        "current_setting('app.municipalities', true) = '*' OR municipality_id = "
        "ANY (string_to_array(current_setting('app.municipalities', true), ',')))"
    )


def downgrade() -> None:
    op.drop_table("status_report")
