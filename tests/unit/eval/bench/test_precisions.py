"""The reader in three precisions: the same windows, the same judgement."""

from pathlib import Path

import pytest
import torch
from torch import nn

from policyqa.eval.bench.precisions import measured, models
from policyqa.eval.train.reader_training import Step, judged, scored
from policyqa.qa.retrieve.pages import tokenizer_in
from tests.unit.eval.train.test_reader_training import lesson, page
from tests.unit.qa.retrieve.test_reader_model import model_in


def test_each_precision_reads_the_same_lessons(tmp_path: Path) -> None:
    folder = tmp_path
    model_in(folder)
    readers = models(folder)
    kinds = {name: next(iter(each.parameters())).dtype for name, each in readers.items()}
    assert kinds["float32"] == torch.float32
    assert kinds["bfloat16"] == torch.bfloat16
    assert not any(type(each) is nn.Linear for each in readers["int8"].modules())
    lessons = [lesson(page(1.0), page(0.0, text="乙")), lesson(page(0.0), page(0.0))]
    rows = measured(readers, lessons, tokenizer_in(folder))
    assert [row["precision"] for row in rows] == ["float32", "bfloat16", "int8"]
    assert {row["windows"] for row in rows} == {4}
    assert all(row["windows_a_second"] > 0 for row in rows)
    tokenizer = tokenizer_in(folder)
    assert judged(readers["bfloat16"], lessons, tokenizer).items() <= rows[1].items()
    step = Step(lessons, tokenizer)
    with torch.inference_mode():
        whole, half, eighth = (scored(each, step)[0].tolist() for each in readers.values())
    assert half == pytest.approx(whole, abs=0.1)
    assert eighth == pytest.approx(whole, abs=0.3)
