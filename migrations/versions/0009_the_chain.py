"""The chain from a picture to the next: causes, factors, signs, goals, indicators, measurements, evaluations, policies."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_cause_problem_area", "cause", ["problem_area_id"]),
    ("ix_factor_problem_area", "factor", ["problem_area_id"]),
    ("ix_goal_problem_area", "goal", ["problem_area_id"]),
    ("ix_indicator_problem_area", "indicator", ["problem_area_id"]),
    ("ix_indicator_measure", "indicator", ["measure_id"]),
    ("ix_measurement_indicator", "measurement", ["indicator_id", "measured_on"]),
    ("ix_evaluation_measure", "evaluation", ["measure_id"]),
    ("ix_evaluation_goal", "evaluation", ["goal_id"]),
    ("ix_evaluation_picture", "evaluation", ["situation_picture_id"]),
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name, columns in _tables().items():
        _create(name, columns)
    for index, table, indexed in INDEXES:
        op.create_index(index, table, ["municipality_id", *indexed], unique=False)
    op.add_column("measure", sa.Column("cause_id", sa.Uuid(), nullable=True))
    op.add_column("measure", sa.Column("evidence", sa.Text(), nullable=True))
    op.add_column("measure", sa.Column("budget", sa.Text(), nullable=True))
    op.add_column("measure", sa.Column("follow_up_on", sa.Date(), nullable=True))
    op.add_column("problem_area", sa.Column("situation_picture_id", sa.Uuid(), nullable=True))


def _tables() -> dict[str, list[sa.Column[Any]]]:
    """The columns of each table beside those that all records have."""
    return {
        "cause": [
            sa.Column("problem_area_id", sa.Uuid(), nullable=True),
            sa.Column("title", sa.Text(), nullable=True),
            sa.Column("perspective", sa.Text(), nullable=True),
            sa.Column("kind", sa.Text(), nullable=True),
            sa.Column("basis", sa.Text(), nullable=True),
            sa.Column("weight", sa.Text(), nullable=True),
            sa.Column("influenceable", sa.Boolean(), nullable=True),
            sa.Column("status", sa.Text(), nullable=False, server_default="hypothesis"),
        ],
        "evaluation": [
            sa.Column("measure_id", sa.Uuid(), nullable=True),
            sa.Column("goal_id", sa.Uuid(), nullable=True),
            sa.Column("situation_picture_id", sa.Uuid(), nullable=True),
            sa.Column("evaluated_on", sa.Date(), nullable=True),
            sa.Column("result", sa.Text(), nullable=True),
            sa.Column("value_before", sa.Double(), nullable=True),
            sa.Column("value_after", sa.Double(), nullable=True),
            sa.Column("other_explanation", sa.Text(), nullable=True),
            sa.Column("text", sa.Text(), nullable=True),
            sa.Column("recommendation", sa.Text(), nullable=True),
        ],
        "factor": [
            sa.Column("problem_area_id", sa.Uuid(), nullable=True),
            sa.Column("department_id", sa.Uuid(), nullable=True),
            sa.Column("department_name", sa.Text(), nullable=True),
            sa.Column("title", sa.Text(), nullable=True),
            sa.Column("kind", sa.Text(), nullable=True),
            sa.Column("arena", sa.Text(), nullable=True),
            sa.Column("work", sa.Text(), nullable=True),
        ],
        "goal": [
            sa.Column("problem_area_id", sa.Uuid(), nullable=True),
            sa.Column("title", sa.Text(), nullable=True),
            sa.Column("baseline", sa.Text(), nullable=True),
            sa.Column("target", sa.Text(), nullable=True),
            sa.Column("due_on", sa.Date(), nullable=True),
            sa.Column("status", sa.Text(), nullable=False, server_default="open"),
        ],
        "indicator": [
            sa.Column("problem_area_id", sa.Uuid(), nullable=True),
            sa.Column("measure_id", sa.Uuid(), nullable=True),
            sa.Column("title", sa.Text(), nullable=True),
            sa.Column("source", sa.Text(), nullable=True),
            sa.Column("interval", sa.Text(), nullable=True),
        ],
        "measurement": [
            sa.Column("indicator_id", sa.Uuid(), nullable=False),
            sa.Column("measured_on", sa.Date(), nullable=True),
            sa.Column("value", sa.Double(), nullable=True),
            sa.Column("text", sa.Text(), nullable=True),
        ],
        "policy_document": [
            sa.Column("title", sa.Text(), nullable=True),
            sa.Column("kind", sa.Text(), nullable=True),
            sa.Column("organ", sa.Text(), nullable=True),
            sa.Column("decided_on", sa.Date(), nullable=True),
            sa.Column("paragraph", sa.Text(), nullable=True),
            sa.Column("valid_from", sa.Date(), nullable=True),
            sa.Column("valid_until", sa.Date(), nullable=True),
            sa.Column("text_attachment", sa.Uuid(), nullable=True),
            sa.Column("change_log", sa.Text(), nullable=True),
            sa.Column("status", sa.Text(), nullable=False, server_default="draft"),
        ],
        "warning_sign": [
            sa.Column("department_id", sa.Uuid(), nullable=True),
            sa.Column("department_name", sa.Text(), nullable=True),
            sa.Column("activity", sa.Text(), nullable=True),
            sa.Column("title", sa.Text(), nullable=True),
            sa.Column("measure", sa.Text(), nullable=True),
            sa.Column("partner", sa.Text(), nullable=True),
            sa.Column("partner_measure", sa.Text(), nullable=True),
            sa.Column("action_plan_id", sa.Uuid(), nullable=True),
        ],
    }


def _create(name: str, columns: list[sa.Column[Any]]) -> None:
    """A table of records, with what they have in common, behind row-level security."""
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
    op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY municipality ON {name} USING ("
        "current_setting('app.municipalities', true) = '*' OR municipality_id = "
        "ANY (string_to_array(current_setting('app.municipalities', true), ',')))"
    )


def downgrade() -> None:
    op.drop_column("problem_area", "situation_picture_id")
    for column in ("follow_up_on", "budget", "evidence", "cause_id"):
        op.drop_column("measure", column)
    for name in _tables():
        op.drop_table(name)
