"""What reviewers think of answers and their citations, and how sure an answer was."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("answers") as answers:
        answers.add_column(
            sa.Column("confidence", sa.Float(), nullable=False, server_default=sa.text("0"))
        )
    _fill()
    op.create_table(
        "verdicts",
        sa.Column(
            "answer_id",
            sa.String(64),
            sa.ForeignKey("answers.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("reviewer", sa.String(64), primary_key=True),
        sa.Column("citation", sa.Integer(), primary_key=True),
        sa.Column("time", sa.String(32), nullable=False, index=True),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("better", sa.JSON(), nullable=True),
    )


def downgrade() -> None:
    op.drop_table("verdicts")
    with op.batch_alter_table("answers") as answers:
        answers.drop_column("confidence")


def _fill() -> None:
    """The confidence of answers that are there, out of what was kept of them."""
    answers = sa.table(
        "answers",
        sa.column("id", sa.String()),
        sa.column("confidence", sa.Float()),
        sa.column("answer", sa.JSON()),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(answers.c.id, answers.c.answer)).all():
        value = float(row.answer.get("confidence", 0))
        connection.execute(
            sa.update(answers).where(answers.c.id == row.id).values(confidence=value)
        )
