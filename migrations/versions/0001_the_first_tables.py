"""The first tables, and the second wall between municipalities."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


TABLES = (
    "municipality",
    "person",
    "action_plan",
    "actor",
    "api_token",
    "commitment",
    "day_off",
    "decision",
    "department",
    "deployment",
    "idempotency_key",
    "measure",
    "meeting",
    "message",
    "occurrence",
    "planned_meeting",
    "problem_area",
    "role_assignment",
    "sign_in",
    "situation_picture",
    "substitution",
    "process_definition",
    "process_instance",
    "history_event",
    "incident",
    "job",
    "subscription",
    "user_task",
    "attachment",
    "comment",
    "submission",
    "attachment_piece",
)

# The second wall between municipalities. A transaction names those it may see; none means none.
MUNICIPAL = (
    "action_plan",
    "actor",
    "commitment",
    "day_off",
    "decision",
    "department",
    "measure",
    "meeting",
    "message",
    "occurrence",
    "planned_meeting",
    "problem_area",
    "role_assignment",
    "situation_picture",
    "substitution",
    "process_instance",
    "history_event",
    "incident",
    "job",
    "subscription",
    "user_task",
    "attachment",
    "comment",
    "submission",
    "attachment_piece",
)

OPEN_PRINCIPAL = """
CREATE FUNCTION open_principal(kind text, digest bytea, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    instant timestamptz := coalesce(at, clock_timestamp());
    today date := (instant AT TIME ZONE 'Europe/Stockholm')::date;
    who person%ROWTYPE;
    secret text;
    held jsonb;
    stands_for jsonb;
    places text;
BEGIN
    IF kind = 'sign_in' THEN
        SELECT s.person_id, s.csrf INTO who.id, secret FROM sign_in s WHERE s.id = digest AND s.expires_at > instant;
    ELSE
        SELECT t.person_id INTO who.id FROM api_token t
        WHERE t.id = digest AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > instant);
    END IF;
    SELECT p.* INTO who FROM person p WHERE p.id = who.id AND p.active;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;

    PERFORM set_config('app.municipalities', '*', true);
    SELECT coalesce(jsonb_agg(jsonb_build_object('municipality', s.municipality_id, 'person', s.person_id)), '[]')
    INTO stands_for FROM substitution s
    WHERE s.substitute_id = who.id AND s.from_on <= today AND s.to_on >= today;
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'municipality', r.municipality_id, 'role', r.role, 'scope_kind', r.scope_kind, 'scope_id', r.scope_id,
        'person', r.person_id)), '[]'), string_agg(DISTINCT r.municipality_id, ',')
    INTO held, places FROM role_assignment r
    WHERE r.valid_from <= today AND (r.valid_to IS NULL OR r.valid_to >= today)
      AND (r.person_id = who.id OR EXISTS (
          SELECT 1 FROM substitution s
          WHERE s.substitute_id = who.id AND s.person_id = r.person_id AND s.municipality_id = r.municipality_id
            AND s.from_on <= today AND s.to_on >= today));
    PERFORM set_config(
        'app.municipalities', CASE WHEN who.system_admin THEN '*' ELSE coalesce(places, '') END, true);
    RETURN jsonb_build_object(
        'id', who.id, 'username', who.username, 'name', who.name, 'email', who.email, 'language', who.language,
        'system_admin', who.system_admin, 'csrf', secret, 'roles', held, 'stands_for', stands_for,
        'at', to_jsonb(instant));
END
$$
"""


def upgrade() -> None:  # noqa: PLR0915  the tables, one after another
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "municipality",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("profile", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("id ~ '^[a-z][a-z0-9_]{1,39}$'", name=op.f("ck_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_municipality")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("system_admin", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("username", name=op.f("uq_person_username")),
    )
    op.create_table(
        "action_plan",
        sa.Column("problem_picture", sa.Text(), nullable=True),
        sa.Column("factors", sa.Text(), nullable=True),
        sa.Column("warning_signs", sa.Text(), nullable=True),
        sa.Column("coordination", sa.Text(), nullable=True),
        sa.Column("situation_picture_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), server_default="draft", nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("paragraph", sa.Text(), nullable=True),
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
            ["municipality_id"], ["municipality.id"], name=op.f("fk_action_plan_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f("pk_action_plan")),
    )
    op.create_index("ix_action_plan_instance", "action_plan", ["municipality_id", "process_instance_id"], unique=False)
    op.create_index("ix_action_plan_year", "action_plan", ["municipality_id", "year"], unique=False)
    op.create_index("uq_action_plan_source_key", "action_plan", ["municipality_id", "source_key"], unique=True)
    op.create_table(
        "actor",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_actor_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f("pk_actor")),
    )
    op.create_index("uq_actor_name", "actor", ["municipality_id", "name"], unique=True)
    op.create_table(
        "api_token",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_api_token_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
    )
    op.create_index(op.f("ix_api_token_person_id"), "api_token", ["person_id"], unique=False)
    op.create_table(
        "commitment",
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("contact_person", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("indicator", sa.Text(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="made", nullable=False),
        sa.Column("action_plan_id", sa.Uuid(), nullable=True),
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
            ["municipality_id"], ["municipality.id"], name=op.f("fk_commitment_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f("pk_commitment")),
    )
    op.create_index("ix_commitment_instance", "commitment", ["municipality_id", "process_instance_id"], unique=False)
    op.create_index("ix_commitment_year", "commitment", ["municipality_id", "year"], unique=False)
    op.create_index("uq_commitment_source_key", "commitment", ["municipality_id", "source_key"], unique=True)
    op.create_table(
        "day_off",
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_day_off_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f("pk_day_off")),
    )
    op.create_index("uq_day_off_on", "day_off", ["municipality_id", "on"], unique=True)
    op.create_table(
        "decision",
        sa.Column("organ", sa.Text(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("paragraph", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("case_number", sa.Text(), nullable=True),
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
            ["municipality_id"], ["municipality.id"], name=op.f("fk_decision_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f("pk_decision")),
    )
    op.create_index("ix_decision_instance", "decision", ["municipality_id", "process_instance_id"], unique=False)
    op.create_index("ix_decision_year", "decision", ["municipality_id", "year"], unique=False)
    op.create_index("uq_decision_source_key", "decision", ["municipality_id", "source_key"], unique=True)
    op.create_table(
        "department",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('department', 'company')", name=op.f("ck_department_kind")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_department_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f("pk_department")),
    )
    op.create_index("uq_department_name", "department", ["municipality_id", "name"], unique=True)
    op.create_table(
        "deployment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("deployed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deployed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["deployed_by"], ["person.id"], name=op.f("fk_deployment_deployed_by_person")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_deployment_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployment")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_idempotency_key_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_index(op.f("ix_idempotency_key_created_at"), "idempotency_key", ["created_at"], unique=False)
    op.create_table(
        "measure",
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("department_name", sa.Text(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("indicator", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="proposed", nullable=False),
        sa.Column("action_plan_id", sa.Uuid(), nullable=True),
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
            ["municipality_id"], ["municipality.id"], name=op.f("fk_measure_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f("pk_measure")),
    )
    op.create_index("ix_measure_instance", "measure", ["municipality_id", "process_instance_id"], unique=False)
    op.create_index("ix_measure_year", "measure", ["municipality_id", "year"], unique=False)
    op.create_index("uq_measure_source_key", "measure", ["municipality_id", "source_key"], unique=True)
    op.create_table(
        "meeting",
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("minutes_approved_on", sa.Date(), nullable=True),
        sa.Column("minutes_attachment", sa.Uuid(), nullable=True),
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
            ["municipality_id"], ["municipality.id"], name=op.f("fk_meeting_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f("pk_meeting")),
    )
    op.create_index("ix_meeting_instance", "meeting", ["municipality_id", "process_instance_id"], unique=False)
    op.create_index("ix_meeting_year", "meeting", ["municipality_id", "year"], unique=False)
    op.create_index("uq_meeting_source_key", "meeting", ["municipality_id", "source_key"], unique=True)
    op.create_table(
        "message",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("correlation", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by_instance", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_to", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('buffered', 'delivered')", name=op.f("ck_message_status")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_message_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f("pk_message")),
    )
    op.create_index(
        "ix_message_buffered",
        "message",
        ["municipality_id", "name", "correlation"],
        unique=False,
        postgresql_where=sa.text("status = 'buffered'"),
    )
    op.create_table(
        "occurrence",
        sa.Column("process_key", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("anchor_on", sa.Date(), nullable=False),
        sa.Column("process_instance_id", sa.Uuid(), nullable=True),
        sa.Column("started_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_occurrence_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["started_by"], ["person.id"], name=op.f("fk_occurrence_started_by_person")),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f("pk_occurrence")),
    )
    op.create_index("uq_occurrence", "occurrence", ["municipality_id", "process_key", "period"], unique=True)
    op.create_table(
        "planned_meeting",
        sa.Column("organ", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("manuscript_stop_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Text(), nullable=False),
        sa.CheckConstraint('manuscript_stop_on <= "on"', name=op.f("ck_planned_meeting_manuscript_stop")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_planned_meeting_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f("pk_planned_meeting")),
    )
    op.create_index("uq_planned_meeting", "planned_meeting", ["municipality_id", "organ", "on"], unique=True)
    op.create_table(
        "problem_area",
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("priority", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="identified", nullable=False),
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
            ["municipality_id"], ["municipality.id"], name=op.f("fk_problem_area_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f("pk_problem_area")),
    )
    op.create_index(
        "ix_problem_area_instance", "problem_area", ["municipality_id", "process_instance_id"], unique=False
    )
    op.create_index("ix_problem_area_year", "problem_area", ["municipality_id", "year"], unique=False)
    op.create_index("uq_problem_area_source_key", "problem_area", ["municipality_id", "source_key"], unique=True)
    op.create_table(
        "role_assignment",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("scope_kind", sa.Text(), nullable=True),
        sa.Column("scope_id", sa.Uuid(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Text(), nullable=False),
        sa.CheckConstraint("(scope_kind IS NULL) = (scope_id IS NULL)", name=op.f("ck_role_assignment_scope")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_role_assignment_period")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_role_assignment_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_assignment_person_id_person")),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f("pk_role_assignment")),
    )
    op.create_index("ix_role_assignment_person", "role_assignment", ["person_id"], unique=False)
    op.create_index("ix_role_assignment_role", "role_assignment", ["municipality_id", "role"], unique=False)
    op.create_table(
        "sign_in",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
    )
    op.create_index(op.f("ix_sign_in_person_id"), "sign_in", ["person_id"], unique=False)
    op.create_table(
        "situation_picture",
        sa.Column("crime", sa.Text(), nullable=True),
        sa.Column("extent", sa.Text(), nullable=True),
        sa.Column("consequences", sa.Text(), nullable=True),
        sa.Column("other_information", sa.Text(), nullable=True),
        sa.Column("analysis", sa.Text(), nullable=True),
        sa.Column("adopted_on", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), server_default="draft", nullable=False),
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
            ["municipality_id"], ["municipality.id"], name=op.f("fk_situation_picture_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f("pk_situation_picture")),
    )
    op.create_index(
        "ix_situation_picture_instance", "situation_picture", ["municipality_id", "process_instance_id"], unique=False
    )
    op.create_index("ix_situation_picture_year", "situation_picture", ["municipality_id", "year"], unique=False)
    op.create_index(
        "uq_situation_picture_source_key", "situation_picture", ["municipality_id", "source_key"], unique=True
    )
    op.create_table(
        "substitution",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("substitute_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Text(), nullable=False),
        sa.CheckConstraint("person_id <> substitute_id", name=op.f("ck_substitution_somebody_else")),
        sa.CheckConstraint("to_on >= from_on", name=op.f("ck_substitution_period")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_substitution_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_substitution_person_id_person")),
        sa.ForeignKeyConstraint(["substitute_id"], ["person.id"], name=op.f("fk_substitution_substitute_id_person")),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f("pk_substitution")),
    )
    op.create_index(op.f("ix_substitution_substitute_id"), "substitution", ["substitute_id"], unique=False)
    op.create_table(
        "process_definition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Text(), nullable=True),
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("program_digest", sa.Text(), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("message_starts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("deployed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("xml", sa.LargeBinary(), nullable=False),
        sa.Column("program", sa.LargeBinary(), nullable=False),
        sa.Column("forms", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        sa.Column("decisions", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        sa.Column("about", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name=op.f("fk_process_definition_deployment_id_deployment")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_process_definition_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_definition")),
    )
    op.create_index("ix_process_definition_key", "process_definition", ["key"], unique=False)
    op.create_index(
        "uq_process_definition_key_version",
        "process_definition",
        [sa.literal_column("coalesce(municipality_id, '')"), "key", "version"],
        unique=True,
    )
    op.create_table(
        "process_instance",
        sa.Column("definition_id", sa.Uuid(), nullable=False),
        sa.Column("process_key", sa.Text(), nullable=False),
        sa.Column("program_digest", sa.Text(), nullable=False),
        sa.Column("business_key", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("variables", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=True),
        sa.Column("anchor_on", sa.Date(), nullable=True),
        sa.Column("anchor_organ", sa.Text(), nullable=True),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("parent_token", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(status IN ('ended', 'cancelled')) = (ended_at IS NOT NULL)", name=op.f("ck_process_instance_ended")
        ),
        sa.CheckConstraint(
            "status IN ('active', 'suspended', 'ended', 'cancelled')", name=op.f("ck_process_instance_status")
        ),
        sa.ForeignKeyConstraint(
            ["definition_id"],
            ["process_definition.id"],
            name=op.f("fk_process_instance_definition_id_process_definition"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "parent_id"],
            ["process_instance.municipality_id", "process_instance.id"],
            name=op.f("fk_process_instance_municipality_id_parent_id_process_instance"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_process_instance_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["started_by"], ["person.id"], name=op.f("fk_process_instance_started_by_person")),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f("pk_process_instance")),
    )
    op.create_index(
        "ix_process_instance_key", "process_instance", ["municipality_id", "process_key", "business_key"], unique=False
    )
    op.create_index(
        "ix_process_instance_list", "process_instance", ["municipality_id", "started_at", "id"], unique=False
    )
    op.create_index("ix_process_instance_parent", "process_instance", ["municipality_id", "parent_id"], unique=False)
    op.create_table(
        "history_event",
        sa.Column("municipality_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("process_instance_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("element", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("user_task_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "process_instance_id"],
            ["process_instance.municipality_id", "process_instance.id"],
            name=op.f("fk_history_event_municipality_id_process_instance_id_process_instance"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_history_event_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_history_event_person_id_person")),
        sa.PrimaryKeyConstraint("municipality_id", "sequence", name=op.f("pk_history_event")),
    )
    op.create_index(
        "ix_history_event_instance",
        "history_event",
        ["municipality_id", "process_instance_id", "sequence"],
        unique=False,
    )
    op.create_table(
        "incident",
        sa.Column("process_instance_id", sa.Uuid(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("element", sa.Text(), nullable=False),
        sa.Column("sv", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "process_instance_id"],
            ["process_instance.municipality_id", "process_instance.id"],
            name=op.f("fk_incident_municipality_id_process_instance_id_process_instance"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_incident_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["resolved_by"], ["person.id"], name=op.f("fk_incident_resolved_by_person")),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f("pk_incident")),
    )
    op.create_index("ix_incident_instance", "incident", ["municipality_id", "process_instance_id"], unique=False)
    op.create_index("ix_incident_job", "incident", ["municipality_id", "job_id"], unique=False)
    op.create_index(
        "ix_incident_open",
        "incident",
        ["municipality_id", "opened_at"],
        unique=False,
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_table(
        "job",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("scope_kind", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.Text(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("process_instance_id", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("calendar_version", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('waiting', 'done', 'cancelled', 'failed')", name=op.f("ck_job_status")),
        sa.ForeignKeyConstraint(
            ["municipality_id", "process_instance_id"],
            ["process_instance.municipality_id", "process_instance.id"],
            name=op.f("fk_job_municipality_id_process_instance_id_process_instance"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_job_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f("pk_job")),
        sa.UniqueConstraint(
            "municipality_id",
            "kind",
            "scope_kind",
            "scope_id",
            "element",
            "token",
            "occurrence",
            name=op.f("uq_job_municipality_id_kind_scope_kind_scope_id_element_token_occurrence"),
        ),
    )
    op.create_index("ix_job_due", "job", ["due_at", "id"], unique=False, postgresql_where=sa.text("status = 'waiting'"))
    op.create_index("ix_job_instance", "job", ["municipality_id", "process_instance_id", "status"], unique=False)
    op.create_table(
        "subscription",
        sa.Column("process_instance_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("element", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("correlation", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "process_instance_id"],
            ["process_instance.municipality_id", "process_instance.id"],
            name=op.f("fk_subscription_municipality_id_process_instance_id_process_instance"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_subscription_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f("pk_subscription")),
    )
    op.create_index(
        "ix_subscription_name", "subscription", ["municipality_id", "kind", "name", "correlation"], unique=False
    )
    op.create_index(
        "uq_subscription_token", "subscription", ["municipality_id", "process_instance_id", "token"], unique=True
    )
    op.create_table(
        "user_task",
        sa.Column("process_instance_id", sa.Uuid(), nullable=False),
        sa.Column("definition_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("instance_name", sa.Text(), nullable=False),
        sa.Column("form_key", sa.Text(), nullable=True),
        sa.Column("candidate_role", sa.Text(), nullable=False),
        sa.Column("co_role", sa.Text(), nullable=True),
        sa.Column("decider", sa.Text(), nullable=True),
        sa.Column("scope_kind", sa.Text(), nullable=True),
        sa.Column("scope_id", sa.Uuid(), nullable=True),
        sa.Column("scope_name", sa.Text(), nullable=True),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_rule", sa.Text(), nullable=False),
        sa.Column("due_reason_sv", sa.Text(), nullable=False),
        sa.Column("due_reason_en", sa.Text(), nullable=False),
        sa.Column("calendar_version", sa.Text(), nullable=False),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("on_behalf_of", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("draft", postgresql.JSON(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("draft_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("draft_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Text(), nullable=False),
        sa.CheckConstraint("(status = 'open') = (closed_at IS NULL)", name=op.f("ck_user_task_closed")),
        sa.CheckConstraint("status IN ('open', 'completed', 'cancelled')", name=op.f("ck_user_task_status")),
        sa.ForeignKeyConstraint(["assignee_id"], ["person.id"], name=op.f("fk_user_task_assignee_id_person")),
        sa.ForeignKeyConstraint(["closed_by"], ["person.id"], name=op.f("fk_user_task_closed_by_person")),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["process_definition.id"], name=op.f("fk_user_task_definition_id_process_definition")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "process_instance_id"],
            ["process_instance.municipality_id", "process_instance.id"],
            name=op.f("fk_user_task_municipality_id_process_instance_id_process_instance"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_user_task_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["on_behalf_of"], ["person.id"], name=op.f("fk_user_task_on_behalf_of_person")),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f("pk_user_task")),
    )
    op.create_index(
        "ix_user_task_closed_by",
        "user_task",
        ["closed_by", "closed_at"],
        unique=False,
        postgresql_where=sa.text("status = 'completed'"),
    )
    op.create_index(
        "ix_user_task_open_assignee",
        "user_task",
        ["assignee_id", "due_on", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index(
        "ix_user_task_open_co_role",
        "user_task",
        ["municipality_id", "co_role", "due_on", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'open' AND co_role IS NOT NULL"),
    )
    op.create_index(
        "ix_user_task_open_scope",
        "user_task",
        ["municipality_id", "candidate_role", "scope_id", "due_on", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index(
        "ix_user_task_open_role",
        "user_task",
        ["municipality_id", "candidate_role", "due_on", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index("uq_user_task_token", "user_task", ["municipality_id", "process_instance_id", "token"], unique=True)
    op.create_table(
        "attachment",
        sa.Column("user_task_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "user_task_id"],
            ["user_task.municipality_id", "user_task.id"],
            name=op.f("fk_attachment_municipality_id_user_task_id_user_task"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_attachment_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["uploaded_by"], ["person.id"], name=op.f("fk_attachment_uploaded_by_person")),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f("pk_attachment")),
    )
    op.create_index("ix_attachment_task", "attachment", ["municipality_id", "user_task_id"], unique=False)
    op.create_table(
        "comment",
        sa.Column("user_task_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "user_task_id"],
            ["user_task.municipality_id", "user_task.id"],
            name=op.f("fk_comment_municipality_id_user_task_id_user_task"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_comment_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_comment_person_id_person")),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f("pk_comment")),
    )
    op.create_index("ix_comment_task", "comment", ["municipality_id", "user_task_id", "written_at"], unique=False)
    op.create_table(
        "submission",
        sa.Column("process_instance_id", sa.Uuid(), nullable=False),
        sa.Column("user_task_id", sa.Uuid(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("form_key", sa.Text(), nullable=True),
        sa.Column("data", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "user_task_id"],
            ["user_task.municipality_id", "user_task.id"],
            name=op.f("fk_submission_municipality_id_user_task_id_user_task"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_submission_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["submitted_by"], ["person.id"], name=op.f("fk_submission_submitted_by_person")),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f("pk_submission")),
    )
    op.create_index("ix_submission_instance", "submission", ["municipality_id", "process_instance_id"], unique=False)
    op.create_index("ix_submission_task", "submission", ["municipality_id", "user_task_id"], unique=False)
    op.create_table(
        "attachment_piece",
        sa.Column("municipality_id", sa.Text(), nullable=False),
        sa.Column("attachment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "attachment_id"],
            ["attachment.municipality_id", "attachment.id"],
            name=op.f("fk_attachment_piece_municipality_id_attachment_id_attachment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_attachment_piece_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("municipality_id", "attachment_id", "number", name=op.f("pk_attachment_piece")),
    )

    for table in MUNICIPAL:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        # FORCE: the owner of the tables, who is the service's own login, is no exception.
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY municipality ON {table} USING ("
            "current_setting('app.municipalities', true) = '*' OR municipality_id = "
            "ANY (string_to_array(current_setting('app.municipalities', true), ',')))"
        )
    op.execute(OPEN_PRINCIPAL)


def downgrade() -> None:
    op.execute("DROP FUNCTION open_principal(text, bytea, timestamptz)")
    for table in reversed(TABLES):
        op.drop_table(table)
