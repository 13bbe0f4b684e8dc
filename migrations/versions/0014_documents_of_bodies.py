"""A document may be one of several of its type in an instance: each group that meets has its own."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

OF_AN_INSTANCE = ["municipality_id", "process_instance_id", "type", "confidentiality"]


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("document", sa.Column("about", sa.Text(), server_default="", nullable=False))
    op.drop_index("uq_document_version", table_name="document")
    op.create_index("uq_document_version", "document", [*OF_AN_INSTANCE, "about", "version"], unique=True)


def downgrade() -> None:
    # Documents are never removed: with those of several bodies in an instance the old index could not hold.
    op.drop_index("uq_document_version", table_name="document")
    op.create_index("uq_document_version", "document", [*OF_AN_INSTANCE, "version"], unique=True)
    op.drop_column("document", "about")
