"""Names shown to others, second factors, and failures to log in by address."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("accounts") as accounts:
        accounts.add_column(sa.Column("shown", sa.String(64), nullable=False, server_default=""))
        accounts.add_column(sa.Column("second", sa.String(64), nullable=False, server_default=""))
        accounts.add_column(
            sa.Column("second_on", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        accounts.add_column(
            sa.Column("second_step", sa.Integer(), nullable=False, server_default=sa.text("0"))
        )
    op.execute("UPDATE accounts SET shown = name")
    _attempts(by_address=True)


def downgrade() -> None:
    with op.batch_alter_table("accounts") as accounts:
        for column in ("shown", "second", "second_on", "second_step"):
            accounts.drop_column(column)
    _attempts(by_address=False)


def _attempts(*, by_address: bool) -> None:
    """The table anew: what it holds counts for minutes."""
    op.drop_table("attempts")
    address = [sa.Column("address", sa.String(64), primary_key=True)] if by_address else []
    op.create_table(
        "attempts",
        sa.Column("name", sa.String(64), primary_key=True),
        *address,
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("time", sa.String(32), nullable=False, index=True),
        sa.Column("locked_until", sa.String(32), nullable=False),
    )
