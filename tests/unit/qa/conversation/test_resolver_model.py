"""The network that reads a conversation, at its smallest."""

import copy
from typing import Any

import pytest
import torch
from transformers import BertConfig, BertModel

from policyqa.qa.conversation.resolver_model import SHARED, ResolverModel
from policyqa.qa.conversation.sheet import Sheet, Word


@pytest.fixture(scope="module")
def base() -> Any:
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=20, hidden_size=8, num_hidden_layers=SHARED + 2, num_attention_heads=2,
        intermediate_size=16, max_position_embeddings=32, pad_token_id=1,
    )  # fmt: skip
    return BertModel(config, add_pooling_layer=False).eval()


SHEETS = (
    Sheet((0, 5, 6, 2, 7, 8, 2), ((4, 6),), (Word("甲", 0, 0, (4, 5)), Word("乙", 0, 1, (5, 6)))),
    Sheet((0, 5, 2), (), ()),
)


def test_untaught_it_gives_the_vector_of_the_embedding_model_and_says_nothing(base: Any) -> None:
    model = ResolverModel(base)
    with torch.inference_mode():
        vectors, words, titles = model(SHEETS)
        states = base(input_ids=torch.tensor([SHEETS[0].ids])).last_hidden_state
    mean = states[0].mean(0)
    assert torch.allclose(vectors[0], mean / mean.norm(), atol=1e-5)
    assert [each.tolist() for each in words] == [[0.0, 0.0], []]
    assert [each.tolist() for each in titles] == [[0.0], []]


def test_what_was_learned_is_kept_as_differences(base: Any) -> None:
    before = copy.deepcopy(base.state_dict())
    taught = ResolverModel(base)
    with torch.no_grad():
        for parameter in taught.taught().parameters():
            parameter.add_(0.01 * torch.randn_like(parameter))
    learned = taught.learned(ResolverModel(base))
    assert all(name.startswith(("own.", "word.", "title.")) for name in learned)
    other = ResolverModel(base)
    other.learn(learned)
    with torch.inference_mode():
        (one, *ones), (two, *twos) = taught(SHEETS), other(SHEETS)
    assert torch.allclose(one, two, atol=1e-3)
    for (mine, _), (kept, _) in zip(ones, twos, strict=True):
        assert torch.allclose(mine, kept, atol=1e-3)
    assert all(torch.equal(before[name], value) for name, value in base.state_dict().items())


def test_weights_of_something_else_are_refused(base: Any) -> None:
    with pytest.raises(KeyError, match="no weight of this network"):
        ResolverModel(base).learn({"own.9.nothing": torch.zeros(2).numpy()})
