"""What a record said before is kept: each change of a record is noted by the database itself, whoever makes it.

A form, an action, the scheduler and a client all change records. Each writes in its own way, and one day one of them
would have forgotten. A trigger forgets nothing, costs no statement, and stands in the same transaction.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

RECORDS = (
    "action_plan", "agreement", "cause", "citizen_promise", "commitment", "data_series", "decision", "dialogue",
    "evaluation", "factor", "flag", "goal", "incident_report", "indicator", "measure", "measurement", "meeting",
    "observation", "policy_document", "problem_area", "publication", "situation_picture", "status_report",
    "warning_sign",
)  # fmt: skip

# Who wrote a record last, and when, is no change of what it says.
NUMBER = """
CREATE FUNCTION number_record() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    passing text[] := ARRAY['updated_at', 'submission_id', 'version'];
BEGIN
    NEW.version := OLD.version;
    IF to_jsonb(NEW) - passing <> to_jsonb(OLD) - passing THEN
        NEW.version := OLD.version + 1;
        IF NEW.updated_at <= OLD.updated_at THEN
            NEW.updated_at := greatest(OLD.updated_at,
                coalesce(nullif(current_setting('app.at', true), '')::timestamptz, clock_timestamp()));
        END IF;
    END IF;
    RETURN NEW;
END
$$
"""
NOTE = """
CREATE FUNCTION note_record() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    apart text[] := ARRAY['municipality_id', 'id', 'source_key', 'process_instance_id', 'submission_id', 'extra',
        'created_at', 'updated_at', 'withdrawn_at', 'version'];
    said jsonb := '[]';
    happened text := 'created';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.version = OLD.version THEN
            RETURN NULL;
        END IF;
        happened := CASE
            WHEN OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL THEN 'withdrawn'
            WHEN OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS NULL THEN 'restored'
            ELSE 'changed' END;
        SELECT coalesce(jsonb_agg(jsonb_build_object('pointer', d.pointer, 'before', d.before, 'after', d.after)
            ORDER BY d.pointer), '[]') INTO said FROM (
            SELECT '/fields/' || key AS pointer, o.value AS before, n.value AS after
            FROM jsonb_each(to_jsonb(OLD) - apart) o JOIN jsonb_each(to_jsonb(NEW) - apart) n USING (key)
            WHERE o.value <> n.value
            UNION ALL
            SELECT '/extra/' || replace(replace(key, '~', '~0'), '/', '~1'), o.value, n.value
            FROM jsonb_each(OLD.extra) o FULL JOIN jsonb_each(NEW.extra) n USING (key)
            WHERE o.value IS DISTINCT FROM n.value) d;
    END IF;
    INSERT INTO record_change (municipality_id, id, kind, record_id, version, happened, changed_at, person_id,
        submission_id, reason, changes)
    VALUES (NEW.municipality_id, gen_random_uuid(), TG_TABLE_NAME, NEW.id, NEW.version, happened,
        CASE WHEN TG_OP = 'INSERT' THEN NEW.created_at ELSE NEW.updated_at END,
        nullif(current_setting('app.person', true), '')::uuid,
        CASE WHEN TG_OP = 'INSERT' OR NEW.submission_id IS DISTINCT FROM OLD.submission_id THEN NEW.submission_id END,
        nullif(current_setting('app.reason', true), ''), said);
    RETURN NULL;
END
$$
"""
KEEP = """
CREATE FUNCTION keep_record_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what a record said before is never changed' USING ERRCODE = 'restrict_violation';
END
$$
"""
# As it was in 0005, with the two lines that tell the triggers who acts, and when where a clock is set.
OPEN_PRINCIPAL = """
CREATE OR REPLACE FUNCTION open_principal(kind text, digest bytea, at timestamptz) RETURNS jsonb
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
    ELSIF kind = 'calendar_feed' THEN
        SELECT f.person_id INTO who.id FROM calendar_feed f WHERE f.id = digest;
    ELSE
        SELECT t.person_id INTO who.id FROM api_token t
        WHERE t.id = digest AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > instant);
    END IF;
    SELECT p.* INTO who FROM person p WHERE p.id = who.id AND p.active;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;

    PERFORM set_config('app.municipalities', '*', true);
{told}    SELECT coalesce(jsonb_agg(jsonb_build_object('municipality', s.municipality_id, 'person', s.person_id)), '[]')
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
    PERFORM set_config('app.municipalities',
        CASE WHEN who.system_admin AND kind <> 'calendar_feed' THEN '*' ELSE coalesce(places, '') END, true);
    RETURN jsonb_build_object(
        'id', who.id, 'username', who.username, 'name', who.name, 'email', who.email, 'language', who.language,
        'system_admin', who.system_admin AND kind <> 'calendar_feed', 'csrf', secret, 'roles', held,
        'stands_for', stands_for, 'at', to_jsonb(instant));
END
$$
"""
TOLD = """    PERFORM set_config('app.person', who.id::text, true);
    PERFORM set_config('app.at', coalesce(at::text, ''), true);
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "record_change",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("happened", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("changes", postgresql.JSONB(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "happened IN ('created', 'changed', 'withdrawn', 'restored')", name=op.f("ck_record_change_happened")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_record_change_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_record_change_person_id_person")),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f("pk_record_change")),
    )
    op.create_index(
        "uq_record_change_version", "record_change", ["municipality_id", "record_id", "version"], unique=True
    )
    op.execute("ALTER TABLE record_change ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE record_change FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY municipality ON record_change USING ("
        "current_setting('app.municipalities', true) = '*' OR municipality_id = "
        "ANY (string_to_array(current_setting('app.municipalities', true), ',')))"
    )
    op.execute(KEEP)
    op.execute("CREATE TRIGGER kept BEFORE UPDATE ON record_change FOR EACH ROW EXECUTE FUNCTION keep_record_changes()")
    op.execute(NUMBER)
    op.execute(NOTE)
    for table in RECORDS:
        op.add_column(table, sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        op.execute(f"CREATE TRIGGER numbered BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION number_record()")
        op.execute(
            f"CREATE TRIGGER noted AFTER INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION note_record()"
        )
    op.execute(OPEN_PRINCIPAL.replace("{told}", TOLD))


def downgrade() -> None:
    op.execute(OPEN_PRINCIPAL.replace("{told}", ""))
    for table in RECORDS:
        op.execute(f"DROP TRIGGER noted ON {table}")
        op.execute(f"DROP TRIGGER numbered ON {table}")
        op.drop_column(table, "version")
    op.execute("DROP FUNCTION note_record()")
    op.execute("DROP FUNCTION number_record()")
    op.drop_table("record_change")
    op.execute("DROP FUNCTION keep_record_changes()")
