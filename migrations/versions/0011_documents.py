"""Documents that were written from the records, with their files in pieces; they cannot be changed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MUNICIPAL = ("document", "document_file", "document_piece")
# A file never changes; of a document only how far it has come.
KEEP = """
CREATE FUNCTION keep_documents() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME <> 'document' OR to_jsonb(NEW) - 'status' <> to_jsonb(OLD) - 'status' THEN
        RAISE EXCEPTION 'a document is never changed: write a new version' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "document",
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("process_instance_id", sa.Uuid(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("sources", postgresql.JSONB(), nullable=False),
        sa.Column("produced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("produced_by", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Text(), nullable=False),
        sa.CheckConstraint("confidentiality IN ('public', 'internal')", name=op.f("ck_document_confidentiality")),
        sa.CheckConstraint("status IN ('working', 'final', 'published', 'archived')", name=op.f("ck_document_status")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_document_version")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_document_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "process_instance_id"],
            ["process_instance.municipality_id", "process_instance.id"],
            name=op.f("fk_document_municipality_id_process_instance"),
        ),
        sa.PrimaryKeyConstraint("id", "municipality_id", name=op.f("pk_document")),
    )
    op.create_index(
        "uq_document_version",
        "document",
        ["municipality_id", "process_instance_id", "type", "confidentiality", "version"],
        unique=True,
    )
    op.create_index("ix_document_list", "document", ["municipality_id", "produced_at", "id"], unique=False)
    op.create_table(
        "document_file",
        sa.Column("municipality_id", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.CheckConstraint("format IN ('docx', 'pdf', 'html')", name=op.f("ck_document_file_format")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_document_file_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "document_id"],
            ["document.municipality_id", "document.id"],
            name=op.f("fk_document_file_municipality_id_document"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("municipality_id", "document_id", "format", name=op.f("pk_document_file")),
    )
    op.create_table(
        "document_piece",
        sa.Column("municipality_id", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_document_piece_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "document_id", "format"],
            ["document_file.municipality_id", "document_file.document_id", "document_file.format"],
            name=op.f("fk_document_piece_municipality_id_document_file"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("municipality_id", "document_id", "format", "number", name=op.f("pk_document_piece")),
    )
    op.execute(KEEP)
    for table in MUNICIPAL:
        op.execute(f"CREATE TRIGGER kept BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION keep_documents()")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY municipality ON {table} USING ("
            "current_setting('app.municipalities', true) = '*' OR municipality_id = "
            "ANY (string_to_array(current_setting('app.municipalities', true), ',')))"
        )


def downgrade() -> None:
    for table in reversed(MUNICIPAL):
        op.drop_table(table)
    op.execute("DROP FUNCTION keep_documents()")
