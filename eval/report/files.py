"""An evaluation as files: `metrics.json`, `rows.jsonl`, and `report.html` for a person."""

from pathlib import Path

from policyqa.eval.judge.evaluate import Evaluation
from policyqa.eval.report.page import page
from policyqa.index.errors import PolicyQAError


def prepared(folder: Path) -> Path:
    """The folder, made if it is not there; called first, since asking takes minutes.

    Raises:
        PolicyQAError: it cannot be made or is no folder.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PolicyQAError(f"无法建立报告文件夹 {folder}（{error.strerror}）") from error
    return folder


def write(folder: Path, evaluation: Evaluation) -> None:
    """Write the three files, replacing those of an earlier run.

    Raises:
        PolicyQAError: one of them cannot be written.
    """
    rows = "".join(row.model_dump_json() + "\n" for row in evaluation.rows)
    files = {
        "metrics.json": evaluation.figures.model_dump_json(indent=2) + "\n",
        "rows.jsonl": rows,
        "report.html": page(evaluation),
    }
    try:
        for name, text in files.items():
            (prepared(folder) / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise PolicyQAError(f"无法写入报告 {folder}（{error.strerror}）") from error
