"""What administering people needs: public ids of tokens, versions, bodies, and who handed a task to whom."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Whoever may set a person's password could act as that person: an administrator must know whether the person holds
# roles elsewhere too, beyond the second wall.
PLACES_OF_PERSON = """
CREATE FUNCTION places_of_person(person uuid) RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
    opened text := current_setting('app.municipalities', true);
    found text[];
BEGIN
    PERFORM set_config('app.municipalities', '*', true);
    SELECT coalesce(array_agg(DISTINCT r.municipality_id ORDER BY r.municipality_id), '{}')
    INTO found FROM role_assignment r WHERE r.person_id = person;
    PERFORM set_config('app.municipalities', coalesce(opened, ''), true);
    RETURN found;
END
$$
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("person", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column(
        "api_token", sa.Column("token_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False)
    )
    op.create_unique_constraint(op.f("uq_api_token_token_id"), "api_token", ["token_id"])
    for table in ("role_assignment", "substitution"):
        op.add_column(table, sa.Column("created_at", sa.DateTime(timezone=True), nullable=True))
        op.add_column(table, sa.Column("created_by", sa.Uuid(), nullable=True))
        op.create_foreign_key(op.f(f"fk_{table}_created_by_person"), table, "person", ["created_by"], ["id"])
        op.add_column(table, sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.create_check_constraint(
        op.f("ck_role_assignment_scope_kind"),
        "role_assignment",
        "scope_kind IN ('department', 'company', 'actor', 'body')",
    )
    op.create_index("ix_substitution_person", "substitution", ["person_id"], unique=False)
    # NULL: claimed by the assignee, who keeps it only while holding the role.
    op.add_column("user_task", sa.Column("assigned_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_user_task_assigned_by_person"), "user_task", "person", ["assigned_by"], ["id"])
    op.create_table(
        "body",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column("organ", sa.Text(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('political', 'council', 'group')", name=op.f("ck_body_kind")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_body_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f("pk_body")),
    )
    op.create_index("uq_body_name", "body", ["municipality_id", "name"], unique=True)
    op.execute("ALTER TABLE body ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE body FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY municipality ON body USING ("
        "current_setting('app.municipalities', true) = '*' OR municipality_id = "
        "ANY (string_to_array(current_setting('app.municipalities', true), ',')))"
    )
    op.execute(PLACES_OF_PERSON)


def downgrade() -> None:
    op.execute("DROP FUNCTION places_of_person(uuid)")
    op.drop_table("body")
    op.drop_column("user_task", "assigned_by")
    op.drop_index("ix_substitution_person", "substitution")
    op.drop_constraint("ck_role_assignment_scope_kind", "role_assignment")
    for table in ("role_assignment", "substitution"):
        for column in ("version", "created_by", "created_at"):
            op.drop_column(table, column)
    op.drop_column("api_token", "token_id")
    op.drop_column("person", "version")
