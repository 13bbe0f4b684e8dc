"""What is agreed and told outside has tables of its own: agreements, citizen promises, dialogues and publications."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLES = ("agreement", "citizen_promise", "dialogue", "publication")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _agreement()
    _citizen_promise()
    _dialogue()
    _publication()
    for table in TABLES:
        _protect(table)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _agreement() -> None:
    _record_table(
        "agreement",
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=True),
        sa.Column("purposes", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("areas", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("goals", sa.Text(), nullable=True),
        sa.Column("follow_up", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("paragraph", sa.Text(), nullable=True),
        sa.Column("signed_municipality_on", sa.Date(), nullable=True),
        sa.Column("signed_party_on", sa.Date(), nullable=True),
        sa.Column("attachment", sa.Uuid(), nullable=True),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("review", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="draft", nullable=False),
    )


def _citizen_promise() -> None:
    _record_table(
        "citizen_promise",
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("focus_areas", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("promises", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("signed_municipality_on", sa.Date(), nullable=True),
        sa.Column("signed_police_on", sa.Date(), nullable=True),
        sa.Column("attachment", sa.Uuid(), nullable=True),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("review", sa.Text(), nullable=True),
        sa.Column("kept", sa.Text(), nullable=True),
        sa.Column("public_text", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="draft", nullable=False),
    )


def _dialogue() -> None:
    _record_table(
        "dialogue",
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("influence", sa.Text(), nullable=True),
        sa.Column("decision_maker", sa.Text(), nullable=True),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("participants", sa.Integer(), nullable=True),
        sa.Column("views", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("themes", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("representativeness", sa.Text(), nullable=True),
        sa.Column("feedback", sa.Text(), nullable=True),
        sa.Column("feedback_on", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), server_default="planned", nullable=False),
    )


def _publication() -> None:
    _record_table(
        "publication",
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("confidentiality", sa.Text(), nullable=True),
        sa.Column("masked_parts", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("channels", sa.Text(), nullable=True),
        sa.Column("case_number", sa.Text(), nullable=True),
        sa.Column("retention", sa.Text(), nullable=True),
        sa.Column("weeded_in", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), server_default="reviewed", nullable=False),
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
