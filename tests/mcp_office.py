"""`policyqa mcp` as a program starts it, over the small assistant, which writes to standard output
as badly kept libraries do."""

import os
import sys
from pathlib import Path

from policyqa.index.build.library import Library
from policyqa.index.read.extract import Limits
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.qa import wiring
from policyqa.qa.cli.commands import main
from policyqa.qa.types import Answer, Question
from tests.ui_fake import FakeAssistant

NOISE = "noise of a library"


class Noisy(FakeAssistant):
    def ask(self, question: Question) -> Answer:
        noise()
        return super().ask(question)


def noise() -> None:
    print(NOISE, flush=True)
    os.write(1, NOISE.encode())


def open_live(index: Path | None, **_: object) -> Noisy:
    noise()
    return Noisy()


def open_library(index: Path | None) -> Library:
    return Library(Path("source"), Path("index"), HashingEmbedder(4), Limits())


if __name__ == "__main__":
    wiring.open_live, wiring.open_library = open_live, open_library  # type: ignore[assignment]
    sys.argv = ["policyqa", "mcp", *sys.argv[1:]]
    main()
