"""Secret addresses that calendar programs fetch, and the wall opened by one of them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# As it was, with the two places that a feed needs. A feed opens the municipalities where the person holds a role and
# never all of them, whoever the person is: it is fetched without signing in.
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
    {find_feed}ELSE
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
        'app.municipalities', CASE WHEN who.system_admin{not_a_feed} THEN '*' ELSE coalesce(places, '') END, true);
    RETURN jsonb_build_object(
        'id', who.id, 'username', who.username, 'name', who.name, 'email', who.email, 'language', who.language,
        'system_admin', who.system_admin{not_a_feed}, 'csrf', secret, 'roles', held, 'stands_for', stands_for,
        'at', to_jsonb(instant));
END
$$
"""
FIND_FEED = """ELSIF kind = 'calendar_feed' THEN
        SELECT f.person_id INTO who.id FROM calendar_feed f WHERE f.id = digest;
    """


def _open_principal(find_feed: str, not_a_feed: str) -> str:
    return OPEN_PRINCIPAL.replace("{find_feed}", find_feed).replace("{not_a_feed}", not_a_feed)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("municipality_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("renewed_by", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(person_id IS NULL) <> (municipality_id IS NULL)", name=op.f("ck_calendar_feed_owner")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_calendar_feed_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["renewed_by"], ["person.id"], name=op.f("fk_calendar_feed_renewed_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("person_id", name=op.f("uq_calendar_feed_person_id")),
        sa.UniqueConstraint("municipality_id", name=op.f("uq_calendar_feed_municipality_id")),
    )
    op.create_index(
        "ix_user_task_closed",
        "user_task",
        ["municipality_id", "closed_at"],
        unique=False,
        postgresql_where=sa.text("status <> 'open'"),
    )
    op.execute(_open_principal(FIND_FEED, " AND kind <> 'calendar_feed'"))


def downgrade() -> None:
    op.execute(_open_principal("", ""))
    op.drop_index("ix_user_task_closed", "user_task")
    op.drop_table("calendar_feed")
