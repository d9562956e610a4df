"""Answers, what readers think of them, and gaps."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answers",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("time", sa.String(32), nullable=False, index=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False, index=True),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("corpus", sa.String(64), nullable=False),
        sa.Column("total_ms", sa.Float(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("share", sa.String(64), nullable=True, unique=True),
    )
    op.create_table(
        "feedback",
        _answer_id(),
        sa.Column("time", sa.String(32), nullable=False, index=True),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
    )
    op.create_table(
        "gaps",
        _answer_id(),
        sa.Column("time", sa.String(32), nullable=False, index=True),
        sa.Column("comment", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    for table in ("gaps", "feedback", "answers"):
        op.drop_table(table)


def _answer_id() -> sa.Column[str]:
    answers = sa.ForeignKey("answers.id", ondelete="CASCADE")
    return sa.Column("answer_id", sa.String(64), answers, primary_key=True)
