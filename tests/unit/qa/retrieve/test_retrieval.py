"""Signals compared with their definition, and an order that is the same every time."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from policyqa.index.build.building import SourceText, build_texts, text_of
from policyqa.index.store import search_index, vectors
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.index.store.search_index import SearchIndex
from policyqa.index.types import Metadata
from policyqa.qa.retrieve import retrieval
from policyqa.qa.retrieve.evidence import find
from policyqa.qa.retrieve.fusion import z_scores
from policyqa.qa.retrieve.retrieval import (
    BY_WORDS,
    CITED_WEIGHT,
    OTHER_NAMES,
    SIGNALS,
    WEIGHTS,
    WORDS_COMPLETED,
    Ranking,
    hits_of,
    largest,
    rank,
    reordered,
    signals_of,
)
from tests.asking import asked_of

EMBEDDER = HashingEmbedder(256)
GRANTS = "人才支持办法\n博士每年补贴50万元。硕士每年补贴20万元。\n申请人提交身份证。"
PARK = "公园管理办法\n公园免费开放。\n公园每天早上6点开门。"
QUERY = "公园每天几点开门"


def build(folder: Path, *texts: str, dates: tuple[str, ...] = ()) -> SearchIndex:
    dated = (*dates, *[""] * len(texts))
    sources = [
        SourceText(f"{n}.txt", text, Metadata(date=dated[n])) for n, text in enumerate(texts)
    ]
    build_texts(sources, folder, EMBEDDER)
    return search_index.load(folder, model=EMBEDDER.fingerprint)


def ranked(index: SearchIndex, query: str) -> Ranking:
    asked = asked_of(index, query)
    signals = signals_of(index, asked, EMBEDDER.encode_query(query))
    return rank(index, asked, signals, WEIGHTS)


def test_each_signal_is_what_it_says(tmp_path: Path) -> None:
    index = build(tmp_path, GRANTS, PARK)
    vector = EMBEDDER.encode_query(QUERY)
    signals = signals_of(index, asked_of(index, QUERY), vector)
    assert set(signals) == set(SIGNALS) == set(WEIGHTS)
    for row, passage in enumerate(index.passages):
        document = index.documents[index.document_of[row]]
        whole = EMBEDDER.encode_query(text_of(document, passage)) @ vector
        assert signals["dense"][row] == pytest.approx(whole, abs=1e-6)
    assert signals["words"][0] == 0.0 < signals["words"][1]  # 公园 stands in the second only


CLAUSES = "".join(f"持有第{n}种证书，" for n in range(10, 24))
ITEMS = [f"（{n}）第{n}类人员，{CLAUSES}并签订合同。" for n in "一二三四五六"]
LIST = "\n".join(["办法", "可以申请人才公寓的有下列人员：", *ITEMS])


def test_items_are_found_by_what_introduces_them(tmp_path: Path) -> None:
    """The words stand once in the text; every piece of the list is searched and shown with them."""
    index = build(tmp_path, LIST, PARK)
    document, pieces = index.documents[0], index.passages[:-1]
    lead = "可以申请人才公寓的有下列人员："
    assert document.text.count(lead) == 1
    assert [len(p.context) for p in pieces] == [0] + [1] * (len(pieces) - 1)
    assert len(pieces) > 2
    query = "人才公寓"
    vector = EMBEDDER.encode_query(query)
    asked = asked_of(index, query)
    signals = signals_of(index, asked, vector)
    for row, passage in enumerate(pieces[1:], start=1):
        text = text_of(document, passage)
        assert text.endswith(f"\n{lead}\n{passage.text}")
        whole = EMBEDDER.encode_query(text) @ vector
        assert signals["dense"][row] == pytest.approx(whole, abs=1e-6)
        assert min(signals["words"][row], signals["bigrams"][row]) > 0
    ranking = ranked(index, query)
    hits = hits_of(index, ranking, 10)
    assert {hit.context for hit in hits if hit.start > 30 and hit.title == "办法"} == {(lead,)}
    found = find(index, ranking, asked)
    items = [each for each in found if each.passage.context]
    assert items
    assert all(each.signals.bigrams == 0 < each.signals.inherited for each in items)


def test_the_score_is_the_weighted_sum_of_z_scores(tmp_path: Path) -> None:
    index = build(tmp_path, GRANTS, PARK, "食堂通知\n食堂中午开门。")
    ranking = ranked(index, QUERY)
    raw = signals_of(index, asked_of(index, QUERY), EMBEDDER.encode_query(QUERY))
    total = sum(WEIGHTS[name] * z_scores(raw[name]) for name in SIGNALS)
    np.testing.assert_allclose(ranking.scores, np.sort(total)[::-1])
    assert index.documents[index.document_of[ranking.rows[0]]].source == "1.txt"
    again = ranked(index, QUERY)
    np.testing.assert_array_equal(again.rows, ranking.rows)
    np.testing.assert_array_equal(again.scores, ranking.scores)


def test_a_large_index_ranks_as_a_small_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few of many passages share a word with the question; every list is looked into."""
    others = [f"第{n}号通知\n编号{n}的单位放假{n}天。" for n in range(600)]
    small = build(tmp_path / "small", PARK, *others, GRANTS)
    for module in (vectors, retrieval):
        monkeypatch.setattr(module, "EXACT_ROWS", 500)
    large = build(tmp_path / "large", PARK, *others, GRANTS)
    assert (small.passage_vectors.kind, large.manifest.vectors[:3]) == ("Flat", "IVF")
    for query, hidden in ((QUERY, None), (QUERY, np.arange(0, 602, 50)), ("博士补贴", None)):
        asked, vector = asked_of(small, query), EMBEDDER.encode_query(query)
        one, other = (
            rank(index, asked, signals_of(index, asked, vector), WEIGHTS, hidden=hidden)
            for index in (small, large)
        )
        assert np.isin(other.rows, [] if hidden is None else hidden).sum() == 0
        assert other.rows[:2].tolist() == one.rows[:2].tolist()
        assert len(other.rows) < 300


def test_the_largest_values_are_those_of_a_full_sort() -> None:
    draw = np.random.default_rng(5)
    for values in (draw.normal(size=60_000), np.maximum(draw.normal(size=60_000) - 2, 0)):
        found = largest(values, 100)
        assert sorted(values[found]) == sorted(values)[-100:]
    few = np.zeros(60_000)
    few[[7, 59_999]] = 1.0, 2.0
    assert sorted(largest(few, 100)) == [7, 59_999]
    assert len(largest(np.zeros(60_000), 100)) == 0


def test_words_count_less_in_a_completed_question(tmp_path: Path) -> None:
    index = build(tmp_path, GRANTS, PARK, "食堂通知\n食堂中午开门。")
    asked = replace(asked_of(index, QUERY), completed=True)
    raw = signals_of(index, asked, EMBEDDER.encode_query(QUERY))
    found = rank(index, asked, raw, WEIGHTS)
    counted = {**WEIGHTS, **{name: WORDS_COMPLETED * WEIGHTS[name] for name in BY_WORDS}}
    total = sum(counted[name] * z_scores(raw[name]) for name in SIGNALS)
    np.testing.assert_allclose(found.scores, np.sort(total)[::-1])


def test_a_document_that_is_likely_to_answer_again_is_lifted(tmp_path: Path) -> None:
    index = build(tmp_path, PARK, GRANTS, PARK)
    last = index.documents[index.document_of[2]].doc_id
    asked = replace(asked_of(index, QUERY), cited={last: 0.5, "gone": 1.0})
    raw = signals_of(index, asked, EMBEDDER.encode_query(QUERY))
    found = rank(index, asked, raw, WEIGHTS)
    assert found.rows.tolist() == [2, 0, 1]
    assert found.scores[0] - found.scores[1] == pytest.approx(0.5 * CITED_WEIGHT)


def test_ties_go_to_the_earlier_passage(tmp_path: Path) -> None:
    index = build(tmp_path, PARK, GRANTS, PARK, PARK)
    ranking = ranked(index, QUERY)
    assert ranking.rows.tolist() == [0, 2, 3, 1]
    assert len(set(ranking.scores[:3].tolist())) == 1


def test_the_year_of_the_question_decides_between_like_passages(tmp_path: Path) -> None:
    texts = [f"博士后目标\n到{year}年招博士后{n}人。" for year, n in ((2020, 8), (2025, 9))]
    index = build(tmp_path, *texts)
    assert ranked(index, "2020年招收博士后多少人").rows.tolist() == [0, 1]
    assert ranked(index, "2025年招收博士后多少人").rows.tolist() == [1, 0]
    dated = build(tmp_path, PARK, PARK + "\n", dates=("2019", "2023"))
    assert ranked(dated, "2023年公园几点开门").rows.tolist() == [1, 0]


def test_the_place_of_the_question_decides_between_like_passages(tmp_path: Path) -> None:
    texts = [f"租房办法\n{place}给毕业生租房补贴。" for place in ("武汉", "杭州")]
    index = build(tmp_path, *texts)
    for place in ("武汉", "杭州"):
        assert place in index.passages[ranked(index, f"{place}毕业生租房补贴").rows[0]].text
    plain = ranked(index, "毕业生租房补贴多少")
    assert abs(plain.scores[0] - plain.scores[1]) < abs(
        np.subtract(*ranked(index, "杭州毕业生租房补贴").scores)
    )


def test_other_names_count_half_and_only_in_words(tmp_path: Path) -> None:
    index = build(tmp_path, "一\n留学归国人员落户。", "二\n在职人员调动。")
    query, also = "海归怎么办", "留学归国"
    vector = EMBEDDER.encode_query(query)
    asked = asked_of(index, query)
    plain, more = (signals_of(index, asked, vector, also=names) for names in ("", also))
    np.testing.assert_array_equal(plain["dense"], more["dense"])
    added = OTHER_NAMES * index.bigrams.scores(["留学", "学归", "归国"])
    np.testing.assert_allclose(more["bigrams"], plain["bigrams"] + added)
    assert added[0] > 0 == added[1]


def test_an_index_of_nothing_gives_nothing(tmp_path: Path) -> None:
    index = build(tmp_path, "加入收藏")
    ranking = ranked(index, QUERY)
    asked = asked_of(index, QUERY)
    assert ranking.rows.tolist() == []
    assert {name: len(values) for name, values in ranking.signals.items()} == dict.fromkeys(
        SIGNALS, 0
    )
    assert find(index, ranking, asked) == []


def test_a_bonus_moves_its_passage_and_its_signals() -> None:
    ranking = Ranking(
        np.array([3, 1, 2]), np.array([3.0, 2.0, 1.0]), {"dense": np.array([0.3, 0.1, 0.2])}
    )
    moved = reordered(ranking, {2: 2.0})
    assert moved.rows.tolist() == [2, 3, 1]  # 1 + 2 ties with 3: the earlier row leads
    assert moved.scores.tolist() == [3.0, 3.0, 2.0]
    assert moved.signals["dense"].tolist() == [0.2, 0.3, 0.1]


def test_evidence_is_the_sentence_that_answers(tmp_path: Path) -> None:
    index = build(tmp_path, GRANTS, PARK)
    query = "硕士每年补贴多少万元"
    asked = asked_of(index, query)
    found = find(index, ranked(index, query), asked)
    assert found[0].text == "硕士每年补贴20万元。"
    assert found[0].signals.expected
    assert all(one.score >= other.score for one, other in pairwise(found))
    assert "heading" not in {evidence.sentence.kind for evidence in found}


def test_a_share_of_the_query_is_weighted_by_rarity(tmp_path: Path) -> None:
    index = build(tmp_path, PARK, GRANTS)
    asked = asked_of(index, "公园博士")
    weights = {word: index.words.idf(word) for word in ("公园", "博士")}
    assert set(asked.words.rarity) == set(weights)
    share = weights["公园"] / sum(weights.values())
    assert asked.words.share({"公园", "开门"}) == pytest.approx(share)
    assert asked.words.share({"食堂"}) == 0.0
    assert asked.bigram_share("公园 博士") == pytest.approx(
        1 - index.bigrams.idf("园博") / sum(map(index.bigrams.idf, ["公园", "园博", "博士"]))
    )


def test_a_sentence_inherits_the_words_it_stands_after(tmp_path: Path) -> None:
    texts = ("人才大会筹备就绪。此次活动定于本周开幕。", "公园游园活动定于本周开幕。")
    index = build(tmp_path, *texts)
    asked = asked_of(index, "人才大会定于哪周开幕")
    ranking = ranked(index, "人才大会定于哪周开幕")
    found = {e.text: e for e in find(index, ranking, asked)}
    after, alone = found["此次活动定于本周开幕。"], found["公园游园活动定于本周开幕。"]
    assert after.signals.inherited > 0.0 == alone.signals.inherited
    share = asked.bigram_share(texts[0])
    assert after.signals.bigrams + after.signals.inherited == pytest.approx(share)
    assert after.score > alone.score


@pytest.mark.parametrize(("query", "contradicts"), [
    ("2018年博士补贴多少人", True),
    ("2020年博士补贴多少人", False),  # the passage says it
    ("2021年博士补贴多少人", False),  # the document is of it
    ("2018年毕业的博士怎么申请", False),  # no figure is asked for
    ("第五批博士名单", True),
    ("第二批博士名单", False),
])  # fmt: skip
def test_a_figure_of_another_year_contradicts(
    tmp_path: Path, query: str, contradicts: bool
) -> None:
    index = build(tmp_path, "博士补贴\n第二批名单,2020年补贴博士20人。", dates=("2021-03",))
    asked = asked_of(index, query)
    found = find(index, ranked(index, query), asked)
    assert {evidence.contradicts for evidence in found} == {contradicts}


def test_whom_a_document_is_sent_to_and_what_announces_it_is_no_evidence(tmp_path: Path) -> None:
    index = build(
        tmp_path,
        "各区人民政府，市政府各部门、有关单位：\n根据2020年第3号文件，现将博士补贴有关事项通知如下：\n"
        "博士每年补贴50万元。\n各区、各单位按以下程序办理：\n一是申请。",
    )
    asked = asked_of(index, "市政府各部门博士补贴有关事项")
    for leads in (False, True):
        said = {e.text for e in find(index, ranked(index, asked.text), asked, leads=leads)}
        assert "博士每年补贴50万元。" in said
        assert not any(text.endswith(("单位：", "通知如下：")) for text in said)
        assert ("各区、各单位按以下程序办理：" in said) is leads


def test_a_line_of_nothing_but_offices_ends_in_time(tmp_path: Path) -> None:
    hostile = "各" + "区" * 3000 + "，" + "市" * 3000 + "乙："
    index = build(tmp_path, f"博士补贴。\n{hostile}\n博士每年补贴50万元。")
    asked = asked_of(index, "博士每年补贴多少")
    said = {e.text for e in find(index, ranked(index, asked.text), asked, leads=True)}
    assert "博士每年补贴50万元。" in said


def test_a_sentence_that_only_leads_in_is_no_evidence(tmp_path: Path) -> None:
    index = build(tmp_path, "博士补贴办法。\n博士的补贴如下：\n每年补贴50万元。")
    asked = asked_of(index, "博士的补贴")
    found = find(index, ranked(index, "博士的补贴"), asked)
    assert "博士的补贴如下：" not in {evidence.text for evidence in found}
