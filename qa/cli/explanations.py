"""An explanation for a person at a terminal."""

from collections.abc import Iterator, Mapping

from policyqa.qa.cli.present import answer_text, one_line
from policyqa.qa.explaining import (
    Expected,
    Explanation,
    LookedAt,
    MarkedSentence,
    Settled,
    Stage,
)
from policyqa.qa.retrieve.evidence import Barred

SENTENCES = 6  # of a passage, best first
PART_PASSAGES = 3  # of a part of the question
CHARS = 60  # of a sentence
WORDS_CHARS = 200  # of what is expected
STAGES: Mapping[Stage, str] = {
    "said": "已写进答案",
    "not_searched": "这一问没有去查文件",
    "absent": "文件正文里没有这些文字",
    "hidden": "所在文件被日期或筛选条件排除",
    "not_proposed": "没有一项信号把所在段落列为候选",
    "not_looked_at": "所在段落排名靠后，没有逐句看",
    "no_statement": "段落看过，但这些文字是标题、日期或引语，不单独作答",
    "barred": "与问题所指不同，不能说",
    "not_chosen": "看过，分数不够",
    "kept_silent": "选中了，但整体把握不足，没有作答",
    "not_composed": "选中了，但组织答案时略去（重复、超长或另有清单）",
}
BARRED: Mapping[Barred, str] = {
    "edition": "另一届或另一批",
    "year": "另一年的数",
    "place": "另一个地方的文件",
    "class": "另一类对象",
    "count": "数的是别的",
    "list": "属于另一份清单",
    "row": "表里的另一行",
    "negated": "没有说不要、不能",
}


SETTLED: Mapping[Settled, str] = {
    "document": "由文件的信息（文号、日期等）作答，不看把握",
    "conditions": "由所引条款能逐条对照作答，不看把握",
    "heading": "由问题点名的标题之下的内容作答，不看把握",
    "part": "整句把握不足，由其中一问作答",
}
SIGNALS = {"dense": "向量", "words": "词语", "bigrams": "二字组", "document": "整份文件"}


def text(found: Explanation) -> str:
    """The answer, what was searched, the passages with their signals and sentences, and what became
    of the words that are expected."""
    lines = [answer_text(found.answer), ""]
    lines += [f"检索：{each.text}（把握 {each.confidence:.2f}）" for each in found.searched]
    if found.searched:
        settled = SETTLED.get(found.settled_by)
        floor = f"低于 {found.threshold:.2f} 不作答"
        lines.append(f"把握 {found.confidence:.2f}，{settled or floor}")
    if found.hidden:
        lines.append(f"被日期或筛选条件排除的段落：{found.hidden}")
    if found.expected:
        lines.append(_expected(found.expected))
    for passage in found.passages:
        lines += _passage(passage)
    for part in found.searched[1:]:
        lines += ["", f"单独查“{part.text}”："]
        lines += (line for passage in part.passages[:PART_PASSAGES] for line in _passage(passage))
    return "\n".join(lines)


def _expected(expected: Expected) -> str:
    where = f"，见 {one_line(expected.source)}" if expected.source else ""
    rank = f"，段落排第 {expected.rank}" if expected.rank else ""
    why = f"（{BARRED[expected.barred]}）" if expected.stage == "barred" else ""
    return f"“{one_line(expected.words)[:WORDS_CHARS]}”：{STAGES[expected.stage]}{why}{where}{rank}"


def _passage(passage: LookedAt) -> Iterator[str]:
    section = f"“{passage.section}”" if passage.section else ""
    read = "" if passage.read is None else f"，阅读 {passage.read:+.1f}"
    yield ""
    yield f"{passage.rank}. 《{passage.title or one_line(passage.source)}》{section}"
    signals = " ".join(
        f"{SIGNALS.get(name, name)} {value:.2f}" for name, value in passage.signals.items()
    )
    yield f"   总分 {passage.score:.2f}{read}；{signals}"
    yield from map(_sentence, passage.sentences[:SENTENCES])


def _sentence(sentence: MarkedSentence) -> str:
    mark = "✓" if sentence.said else "×" if sentence.barred else "·"
    read = "" if sentence.read is None else f" 阅读 {sentence.read:+.1f}"
    why = f" {BARRED[sentence.barred]}" if sentence.barred else ""
    shown = " ".join(sentence.text.split())[:CHARS]
    return f"   {mark} {sentence.score:+.1f}{read}{why} {shown}"
