"""Small steps are not rounded away, and the vocabulary stays."""

import pytest
import torch
from transformers import AutoModel, BertConfig

from policyqa.eval.train.optimizing import (
    ATTENTION,
    WARM_UP,
    Optimizer,
    share_of_rate,
    without_dropout,
)


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


def test_attention_in_bfloat16_is_attention() -> None:
    """As the library's, on texts of different lengths."""
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=9, hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=8
    )
    model = AutoModel.from_config(config, attn_implementation="eager").eval()
    ids = torch.tensor([[1, 2, 3, 4], [5, 6, 0, 0]])
    mask = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0]])
    expected = model(input_ids=ids, attention_mask=mask).last_hidden_state
    model.set_attn_implementation(ATTENTION)
    found = model(input_ids=ids, attention_mask=mask).last_hidden_state
    kept = mask.bool()
    torch.testing.assert_close(found[kept], expected[kept], atol=1e-5, rtol=1e-4)
