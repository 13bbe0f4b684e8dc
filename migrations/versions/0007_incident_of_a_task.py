"""An incident names the user task whose answer could not go on, so that one cause is told once."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("incident", sa.Column("user_task_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("incident", "user_task_id")
