"""Reminders leave as mails: what was written to whom, and how each person wants it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("person", sa.Column("notifications", sa.Text(), server_default="each", nullable=False))
    op.create_check_constraint(
        op.f("ck_person_notifications"), "person", "notifications IN ('each', 'digest', 'escalations')"
    )
    op.create_index(
        "ix_person_digest", "person", ["id"], unique=False, postgresql_where=sa.text("notifications = 'digest'")
    )
    op.create_table(
        "mail",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("user_task_id", sa.Uuid(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("dedup_key", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('reminder', 'escalation', 'digest')", name=op.f("ck_mail_kind")),
        sa.CheckConstraint("status IN ('waiting', 'sent', 'failed', 'unsent')", name=op.f("ck_mail_status")),
        sa.CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_mail_sent")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mail_person_id_person")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_mail_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "user_task_id"],
            ["user_task.municipality_id", "user_task.id"],
            name=op.f("fk_mail_municipality_id_user_task_id_user_task"),
        ),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f("pk_mail")),
    )
    op.create_index("uq_mail_dedup_key", "mail", ["dedup_key"], unique=True)
    op.create_index("ix_mail_task", "mail", ["municipality_id", "user_task_id"], unique=False)
    op.create_index("ix_mail_created_at", "mail", ["created_at"], unique=False)
    op.create_index(
        "ix_job_mail_due",
        "job",
        ["due_at", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'waiting' AND kind = 'mail'"),
    )
    op.execute("ALTER TABLE mail ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE mail FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY municipality ON mail USING ("
        "current_setting('app.municipalities', true) = '*' OR municipality_id = "
        "ANY (string_to_array(current_setting('app.municipalities', true), ',')))"
    )


def downgrade() -> None:
    op.drop_index("ix_job_mail_due", "job")
    op.drop_table("mail")
    op.drop_index("ix_person_digest", "person")
    op.drop_constraint(op.f("ck_person_notifications"), "person")
    op.drop_column("person", "notifications")
