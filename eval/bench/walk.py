"""One question's walk through the files of `qa`: which are entered, how often one is come back to,
and which functions are handed the question's own words, to read them anew.

    python -m policyqa.eval.bench.walk "博士后有哪些补贴?" --index DIR

Each function counts once, when it is first called; a return is a step into a file that was entered
before and left. Calls of functions that are handed the words are counted each time.
"""

import argparse
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType


@dataclass
class Walk:
    """The `steps` from file to file in the order of their first functions; `readers`, the functions
    (file and name) that were handed the words, with the number of calls."""

    steps: list[str] = field(default_factory=list)
    readers: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def files(self) -> tuple[str, ...]:
        """Those entered, each once."""
        return tuple(dict.fromkeys(self.steps))

    @property
    def returns(self) -> int:
        """Steps into a file that was entered before."""
        return len(self.steps) - len(self.files)


def walked(call: Callable[[], object], folder: Path, words: Collection[str] = ()) -> Walk:
    """The walk of one call through the files below a folder.

    Args:
        call: what is followed; only its own thread is.
        folder: functions elsewhere are not counted.
        words: texts of the question; who is handed one of them as an argument is a reader.
    """
    walk = Walk()
    seen: set[CodeType] = set()
    root = f"{folder.resolve()}/"

    def follow(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event != "call" or code.co_name.startswith("<"):
            return
        path = str(Path(code.co_filename).resolve())
        if not path.startswith(root):
            return
        place = path.removeprefix(root)
        if _is_handed(frame, words):
            reader = (place, code.co_name)
            walk.readers[reader] = walk.readers.get(reader, 0) + 1
        if code not in seen and walk.steps[-1:] != [place]:
            walk.steps.append(place)
        seen.add(code)

    sys.setprofile(follow)
    try:
        call()
    finally:
        sys.setprofile(None)
    return walk


def _is_handed(frame: FrameType, words: Collection[str]) -> bool:
    """Whether one of the arguments of a call is one of the texts."""
    code = frame.f_code
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    values = (frame.f_locals.get(name) for name in names)
    return any(isinstance(value, str) and value in words for value in values)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the walks of some questions, after others, so that all is loaded and nothing kept."""
    from policyqa import qa
    from policyqa.qa import wiring
    from policyqa.qa.question.query import normalise_query
    from policyqa.qa.types import Question

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", nargs="+")
    parser.add_argument("--index", type=Path, default=None)
    chosen = parser.parse_args(arguments)
    assistant = wiring.open_assistant(chosen.index)
    for text in ("人才服务有哪些措施?", "今天天气怎么样?"):
        assistant.ask(Question(question=text))
    for text in chosen.questions:
        question = Question(question=text)
        words = {text, normalise_query(text)}
        folder = Path(qa.__file__).parent
        walk = walked(lambda asked=question: assistant.ask(asked), folder, words)  # type: ignore[misc]
        places = {place for place, _ in walk.readers}
        print(
            f"{text}: {len(walk.files)} files, {walk.returns} returns;"
            f" {len(walk.readers)} functions in {len(places)} files are handed its words,"
            f" {sum(walk.readers.values())} calls"
        )
        print("  " + " → ".join(walk.steps))


if __name__ == "__main__":
    main()
