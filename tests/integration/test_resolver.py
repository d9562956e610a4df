"""The shipped resolver over the real model."""

import numpy as np
import pytest

from policyqa.index.store.embedding import SentenceTransformerEmbedder
from policyqa.qa import wiring
from policyqa.qa.conversation.conversation import Conversation, Earlier

pytestmark = [pytest.mark.model]
PERMIT = Earlier(
    question="郑州的居住证怎么办理?", documents=("1",), titles=("郑州市居住证管理办法",)
)


def test_a_follow_up_is_near_the_question_written_out(
    embedder: SentenceTransformerEmbedder,
) -> None:
    resolver = wiring.resolver(embedder)
    assert resolver is not None
    meant = resolver.resolve("丢了咋补", Conversation(turns=(PERMIT,)))
    assert "居住证" in meant.text
    assert meant.text.endswith(" 丢了咋补")
    assert meant.own == "丢了咋补"
    assert meant.vector is not None
    assert np.linalg.norm(meant.vector) == pytest.approx(1, abs=1e-2)
    whole = embedder.encode_query("郑州居住证丢了怎么补办")
    assert meant.vector @ whole > embedder.encode_query("丢了咋补") @ whole
    assert meant.cited["1"] > 0.5


def test_another_subject_takes_nothing_along(embedder: SentenceTransformerEmbedder) -> None:
    resolver = wiring.resolver(embedder)
    assert resolver is not None
    query = "换个问题,深圳职工生育津贴按什么标准发?"
    meant = resolver.resolve(query, Conversation(turns=(PERMIT,)))
    assert "郑州" not in meant.text
    assert meant.cited["1"] < 0.5
    assert meant.vector is not None
    assert meant.vector @ embedder.encode_query(query) > 0.7
