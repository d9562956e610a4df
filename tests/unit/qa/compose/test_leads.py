"""The figure or date in front: only where there can be no doubt which."""

import pytest

from policyqa.index.types import Document, Metadata, Passage, Sentence
from policyqa.qa.compose.leads import lead
from policyqa.qa.question.asked import understood
from policyqa.qa.retrieve.evidence import Quote


def led(query: str, text: str) -> str:
    document = Document(doc_id="a", source="a", sha256="", metadata=Metadata(), text=text)
    sentence = Sentence(start=0, end=len(text))
    passage = Passage(
        passage_id="p", doc_id="a", start=0, end=len(text), text=text, sentences=(sentence,)
    )
    quote = Quote(document, passage, sentence, text)
    span = lead(quote, understood(query))
    return text[slice(*span)] if span else ""


@pytest.mark.parametrize(
    ("query", "text", "said"),
    [
        ("博士后比例是多少?", "年均招收博士后超1000名，博士后比例达90%。", "达90%"),
        ("补贴最高多少钱?", "经评审，补贴最高不超过20万元。", "不超过20万元"),
        ("大会什么时候举行?", "大会定于11月23日至24日举行。", "11月23日至24日"),
        ("办法哪年发布?", "办法于2024年发布。", "2024年"),
        # Two may be meant, the sentence is of something else, more is asked, it is in the question:
        ("一共引进多少人?", "引进300人，其中博士20人。", ""),
        ("留下的比例是多少?", "大会吸引31个国家参加，占比20%。", ""),
        ("多少人、多少项目?", "共有300人、20个项目。", ""),
        ("2月17日开始，到何时为止?", "证明从2月17日开始办理，到何时为止另行通知。", ""),
        ("什么是人才港?", "人才港占地300亩。", ""),
    ],
)
def test_the_figure_in_front(query: str, text: str, said: str) -> None:
    assert led(query, text) == said
