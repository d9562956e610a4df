"""The README's figures are those of the stored results."""

import json
from pathlib import Path

from eval.summary import table

ROOT = Path(__file__).parents[2]


def test_the_readme_prints_the_stored_results() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    block = text.split("<!-- figures -->")[1].split("<!-- /figures -->")[0].strip()
    names = [line.split("|")[1].strip() for line in block.splitlines()[2:]]
    files = {name: ROOT / "eval" / "results" / f"{name}.json" for name in names}
    runs = {name: json.loads(path.read_text("utf-8")) for name, path in files.items()}
    assert len(runs) >= 3
    assert block == table(runs)
