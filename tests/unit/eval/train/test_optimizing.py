"""Small steps are not rounded away, and the vocabulary stays."""

import pytest
import torch

from policyqa.eval.train.optimizing import WARM_UP, Optimizer, share_of_rate, without_dropout


class Tiny(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.word_embeddings = torch.nn.Embedding(2, 1)
        self.layer = torch.nn.Linear(1, 1, bias=False)
        self.dropout = torch.nn.Dropout(0.5)


def test_steps_too_small_for_bfloat16_add_up() -> None:
    model = Tiny()
    torch.nn.init.constant_(model.layer.weight, 1.0)
    model.to(torch.bfloat16)
    fixed = model.word_embeddings.weight.detach().clone()
    optimizer = Optimizer(model, 1000, 1e-4)
    for _ in range(400):
        (model.layer.weight.sum() + model.word_embeddings.weight.detach().sum()).backward()
        optimizer.step()
    assert float(model.layer.weight) < 1.0 - 2 * 2**-8  # one step alone is below half a unit
    torch.testing.assert_close(model.word_embeddings.weight.detach(), fixed)
    assert not model.word_embeddings.weight.requires_grad


def test_the_rate_goes_up_then_down() -> None:
    assert share_of_rate(WARM_UP / 2) == pytest.approx(0.5)
    assert share_of_rate(WARM_UP) == pytest.approx(1.0)
    assert share_of_rate((1 + WARM_UP) / 2) == pytest.approx(0.5)
    assert share_of_rate(1.0) == share_of_rate(1.1) == 0.0


def test_nothing_is_dropped() -> None:
    assert without_dropout(Tiny()).dropout.p == 0.0
