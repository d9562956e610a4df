"""What sentences tell of where no heading says so."""

from collections.abc import Sequence

import numpy as np
import pytest

from policyqa.index.store.embedding import HashingEmbedder
from policyqa.index.store.vectors import Vectors
from policyqa.index.types import Metadata
from policyqa.qa.register.marking import Head, Marker, Marks, lines, vectors
from policyqa.qa.register.proposing import proposed
from tests.programmes import read

TEXT = """某市人才公寓管理办法
第一条 申请人向区人才中心提出申请，区人才中心受理后转市住建局。
第二条 申请人应当提交下列材料：
（一）身份证；
（二）劳动合同。
第三条 本办法由市住建局解释。
"""
PAPER = read("flat.txt", TEXT, Metadata(title="某市人才公寓管理办法", kind="policy"))


class Telling:
    """A line's vector says whether it holds 申请人向, 材料 and 解释."""

    fingerprint = "telling"
    dimension = 3

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        return np.array([[w in t for w in ("申请人向", "材料", "解释")] for t in texts], np.float32)

    def encode_query(self, text: str) -> Vectors:
        return self.encode_documents([text])[0]


def head(*weights: float, least: float = 0.8) -> Head:
    return Head(bias=-5.0, weights=weights, least=least)


STEPS, BELOW = head(10, 0, 0, 0, 0, 0), head(0, 0, 0, 0, 9, 0)


def test_a_line_stands_under_the_introduction_of_its_list_else_its_heading() -> None:
    found = {line.text: line.above for line in lines(PAPER.document, PAPER.passages)}
    above = next(over for text, over in found.items() if "身份证" in text)
    assert above.endswith("提交下列材料：")
    assert all(over for over in found.values())


def test_what_a_model_sees_is_the_line_and_what_stands_above_it() -> None:
    found = lines(PAPER.document, PAPER.passages)
    seen = vectors(found, Telling())
    at = next(n for n, line in enumerate(found) if "身份证" in line.text)
    assert seen.shape == (len(found), 6)
    assert seen[at].tolist() == [0, 0, 0, 0, 1, 0]


def marked(**heads: Head) -> dict[str, str]:
    """The words of the lines that are marked, with their fields."""
    marker = Marker(Telling(), Marks(model="telling", heads=heads))
    found = marker.marked(PAPER.document, PAPER.passages)
    texts = {line.start: line.text.strip() for line in lines(PAPER.document, PAPER.passages)}
    return {texts[start]: field for start, field in found.items()}


def test_a_line_is_marked_from_the_least_probability_on() -> None:
    assert list(marked(steps=STEPS).values()) == ["steps"]
    assert marked(steps=head(10, 0, 0, 0, 0, 0, least=0.994)) == {}  # 1 / (1 + e^-5) = 0.9933
    assert set(marked(materials=BELOW)) >= {"（一）身份证；", "（二）劳动合同。"}


def test_of_two_fields_the_surer_one_counts() -> None:
    (field,) = marked(steps=STEPS, time_limit=head(12, 0, 0, 0, 0, 0)).values()
    assert field == "time_limit"


def test_models_of_another_embedder_are_not_used() -> None:
    assert Marker.load(HashingEmbedder()) is None


@pytest.mark.parametrize("marking", [False, True])
def test_what_is_marked_stands_in_the_programme_of_the_document(marking: bool) -> None:
    marks = Marker(Telling(), Marks(model="telling", heads={"steps": STEPS}))
    found = marks.marked(PAPER.document, PAPER.passages) if marking else {}
    programmes = proposed(PAPER.document, PAPER.passages, PAPER.rules, found)
    steps = [cell.text for programme in programmes for cell in programme.steps]
    assert [text.partition("，")[0] for text in steps] == (
        ["第一条 申请人向区人才中心提出申请"] if marking else []
    )
