"""A commitment of the council is carried out as a measure, which knows which commitment it is."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("measure", sa.Column("commitment_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("measure", "commitment_id")
