"""The questions that are made up so that silence can be learned."""

from pathlib import Path

from policyqa.eval.judge.dataset import load
from policyqa.eval.sets.readings import part_of
from policyqa.eval.train.calibration import counterfactuals, untaught
from policyqa.index.build.building import SourceText, build_texts
from policyqa.index.store import search_index
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.index.text.words import words
from policyqa.index.types import Metadata


def test_a_year_an_edition_and_a_place_become_ones_that_no_document_names(tmp_path: Path) -> None:
    text = "第三届大会\n成都和重庆2018年举办第三届大会。2017年筹备。"
    embedder = HashingEmbedder(64)
    build_texts([SourceText("a.txt", text, Metadata(date="2016"))], tmp_path, embedder)
    index = search_index.load(tmp_path, model=embedder.fingerprint)
    assert list(counterfactuals("重庆2018年第三届大会在哪里?", index)) == [
        "重庆2015年第三届大会在哪里?",
        "重庆2018年第八十一届大会在哪里?",
        "杭州2018年第三届大会在哪里?",
        "成都2018年第三届大会在哪里?",
    ]
    assert list(counterfactuals("大会在哪里?", index)) == []
    assert words("重庆")  # the dictionary knows the place


def test_what_the_reader_was_taught_and_what_is_only_measured_on_is_left_out(
    tmp_path: Path,
) -> None:
    names = [f"d{n}" for n in range(60)]
    held = [name for name in names if part_of(name) == "tuning"]
    taught = [name for name in names if part_of(name) != "tuning"]
    lines = [
        f'{{"id": "{n}", "text": "问{n}", "answerable": false, "near": "{name}"}}'
        for n, name in enumerate([*held[:2], *taught[:3]])
    ]
    (tmp_path / "queries.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert [query.id for query in untaught(load(tmp_path))] == ["0", "1"]
