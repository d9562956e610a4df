"""A clerk's morning that is killed at the n-th step: `python -m tests.integration.killed_office
FOLDER N`. It says on standard output what the clerk was told."""

import io
import os
import signal
import sys
from pathlib import Path
from typing import Any

from policyqa.index.build import building
from policyqa.index.build.library import Library
from policyqa.index.store import search_index
from policyqa.ui.store.changes import Changes
from policyqa.ui.store.database import open_database
from policyqa.ui.store.drafts import Drafts
from tests.staff import draft_by, librarian_of

STEPS = (
    (Changes, "begin"), (Library, "check"), (Library, "describe"), (Library, "add"),
    (Library, "remove"), (building, "assemble"), (search_index, "save"), (Changes, "done"),
    (Drafts, "save"), (Drafts, "sign"),
)  # fmt: skip


def die_at(step: int) -> None:
    """Kill this process before or after the step, counted over all of `STEPS`."""
    count = 0

    def tick() -> None:
        nonlocal count
        count += 1
        if count == step:
            os.kill(os.getpid(), signal.SIGKILL)

    for owner, name in STEPS:
        real = getattr(owner, name)

        def stepping(*args: Any, real: Any = real, **kwargs: Any) -> Any:
            tick()
            result = real(*args, **kwargs)
            tick()
            return result

        setattr(owner, name, stepping)


def morning(folder: Path) -> None:
    """Files come, one is corrected, one goes, an answer is signed."""
    engine = open_database(folder)
    librarian, drafts = librarian_of(engine, folder / "source"), Drafts(engine)
    librarian.add("li", "c.txt", io.BytesIO("入学办法\n第一条 统筹入学。".encode()))
    tell("added c.txt")
    librarian.correct("li", "a.txt", {"date": "2024"})
    tell("corrected a.txt")
    librarian.withdraw("li", "b.txt")
    tell("withdrawn b.txt")
    draft = drafts.save(draft_by("li"))
    librarian.publish(
        "li", "d.txt", "停车吗\n免费。", {"kind": "staff_answer"},
        lambda session: drafts.sign(session, draft, "li", "d.txt"),
    )  # fmt: skip
    tell("signed d.txt")
    librarian.settle()


def tell(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    die_at(int(sys.argv[2]))
    morning(Path(sys.argv[1]))
