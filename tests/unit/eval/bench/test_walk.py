"""A walk through files that are written for it: steps, returns and readers counted by hand."""

import sys
from pathlib import Path

from policyqa.eval.bench.walk import walked

ONE = """
from two import middle
def start(query):
    middle(query)
    middle(query)
    end()
def end():
    pass
"""
TWO = """
def middle(text):
    return inner(len(text))
def inner(length):
    return length
"""


def test_files_returns_and_readers(tmp_path: Path) -> None:
    for name, text in (("one", ONE), ("two", TWO)):
        (tmp_path / f"{name}.py").write_text(text, "utf-8")
    sys.path.insert(0, str(tmp_path))
    try:
        import one  # type: ignore[import-not-found]

        walk = walked(lambda: one.start("怎么办"), tmp_path, {"怎么办"})
    finally:
        sys.path.remove(str(tmp_path))
        for name in ("one", "two"):
            sys.modules.pop(name, None)
    assert walk.steps == ["one.py", "two.py", "one.py"]
    assert (walk.files, walk.returns) == (("one.py", "two.py"), 1)
    assert walk.readers == {("one.py", "start"): 1, ("two.py", "middle"): 2}


def test_what_lies_elsewhere_is_not_counted(tmp_path: Path) -> None:
    assert walked(lambda: sorted([2, 1]), tmp_path).steps == []
