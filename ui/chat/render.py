"""Answers and sources as HTML. Pure functions; every text that comes in is data.

A chat message passes through Gradio's Markdown and its sanitiser, which keeps `<img>`: a picture
address in a document would call another host. So `escape` turns *every* ASCII punctuation mark
into a character reference, which neither HTML, Markdown nor LaTeX reads as syntax, and a message
is one HTML block without blank lines, inside which Markdown is not read.
"""

import re
import string
from urllib.parse import quote

from policyqa.index.structure.parsing import SECTION_SEPARATOR
from policyqa.qa.compose.verdicts import verdict_words
from policyqa.qa.question.filters import KINDS
from policyqa.qa.question.glossary import is_english
from policyqa.qa.types import Answer, AnswerSentence, Citation, Condition, Hit, Note
from policyqa.qa.wording import ABOVE, COMPLETENESS, NOTES, SMALL_TALK
from policyqa.ui.chat.language import MARKS, in_language, say

ASKED, LEFT_OUT = "h", "x"  # hits in links: h1 was asked, x1 was left out by a filter
PLACE_CHARS = 72
MAX_PLACES = 3
PIECE_CHARS = 9
HINT_CHARS = 160

LABELS = {
    "no_evidence": "暂无依据",
    "out_of_scope": "不在文件范围内",
    "ambiguous": "请说得具体些",
    "refused": "不便回答",
    "bad_question": "请改一改问题",
    "failed": "暂时无法回答",
}
TAG = re.compile(r"</?(?:ul|ol|li|div|br)\b[^>]*>")
UNSAID = '<span class="unsaid">{}</span>'
LISTS = {"item": "ul", "step": "ol"}
ACTS = {
    "answered": {"up": "有用", "down": "没有用", "copy": "复制", "share": "分享"},
    "abstained": {"gap": "请补充这方面的文件", "down": "没有用"},
}
COMPARED = {"time": ("时间", "数值"), "place": ("地区", "规定")}
MET = {True: "符合", False: "不符合", None: "还不能判断"}
UNKNOWN = "不明"
OUT_OF_FORCE = ("已过期", "被替代", "尚未施行", "征求意见")
PENDING = f'<div class="pending">{say("正在查阅文件…")}</div>'

_REFERENCES = {ord(mark): f"&#{ord(mark)};" for mark in string.punctuation}
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127, *map(ord, MARKS)])


def escape(text: str) -> str:
    """`text` as HTML that shows it literally, in Markdown too. Line ends stay."""
    return text.translate(_CONTROLS).translate(_REFERENCES)


def inline(text: str) -> str:
    """`escape`, with line ends as `<br>`, so that no blank line ends the HTML block."""
    return re.sub(r"\s*\n\s*", "<br>", escape(text.strip("\n").replace("\r", "\n")))


def link_of(turn: int, key: int | str) -> str:
    """The name of a source: citation `key` of answer `turn` (from 0), or its hit `h1` or `x1`."""
    return f"source-{turn}-{key}"


def question_message(question: str, turn: int) -> str:
    """What was asked, as a chat message, with a link to ask it otherwise."""
    asked = f'<div class="asked">{inline(question)}</div>'
    return f'{asked}<div class="again"><a href="#edit-{turn}">{say("修改")}</a></div>'


def answer_message(answer: Answer, turn: int) -> str:
    """The whole chat message: the text with its marks, what is said about it, its sources or
    places to look."""
    return _message(answer, "".join(pieces(answer, turn)), _after(answer, turn))


def notice(words: str) -> str:
    """A chat message of the page itself, which answers nothing."""
    return f'<div class="answer error"><div class="said">{say(words)}</div></div>'


def answer_parts(answer: Answer, turn: int, *, steps: int) -> list[str]:
    """The message as its text grows, at most `steps` of them: the sources stand from the first on,
    and what is not yet said keeps its place, so that nothing moves."""
    text, after = pieces(answer, turn), _after(answer, turn)
    stride = max(1, -(-len(text) // steps))
    unsaid = [piece if TAG.fullmatch(piece) else UNSAID.format(piece) for piece in text]
    return [
        _message(answer, "".join(text[:end] + unsaid[end:]), after)
        for end in range(0, len(text), stride)
    ]


def _after(answer: Answer, turn: int) -> str:
    about = (
        _table(answer, turn)
        + _conditions(answer, turn)
        + _told(answer, turn)
        + _remarks(answer)
        + _sources(answer, turn)
        + _links(answer)
    )
    return about + _narrowed(answer, turn) + _acts(answer, turn)


def _unanswered(answer: Answer) -> str:
    """Why there is no answer; the places to look are listed below it and not said twice."""
    if answer.status == "answered" or not answer.notes:
        return inline(answer.answer)
    return "".join(note_html(n) for n in answer.notes if n.kind != "near" or not answer.hits)


def pieces(answer: Answer, turn: int) -> list[str]:
    """The answer's HTML in the order it is written: a few characters each.

    A sentence's last character and its marks are one piece, which no line break parts. A list
    that is not yet closed is closed by the browser.
    """
    if answer.status != "answered" or not answer.sentences:
        return [_unanswered(answer)]
    cited = {citation.n: citation for citation in answer.citations}
    verdict = escape(verdict_words(answer.verdict, answer.question))
    ruling = f'<strong class="ruling">{say("{}：", say(verdict))}</strong>'
    above = [note_html(note) for note in answer.notes if note.kind in ABOVE]
    parts = [f'<p class="above">{note}</p>' for note in above]
    parts += [ruling] if answer.verdict else []
    inside = ""
    for sentence, breaks in _laid_out(answer):
        tag = LISTS.get(sentence.role, "")
        if tag != inside:
            parts += [f"</{inside}>"] if inside else []
            parts += [f'<{tag} class="items">'] if tag else []
        elif breaks and parts[len(above) :] and not tag:
            parts.append("<br>")
        inside = tag
        parts += _sentence(sentence, cited, turn)
    return [*parts, f"</{inside}>"] if inside else parts


def _sentence(sentence: AnswerSentence, cited: dict[int, Citation], turn: int) -> list[str]:
    """One sentence with its marks: in its list, or with its date where it is of another time."""
    marks = "".join(_mark(n, turn, cited.get(n)) for n in sentence.citations)
    text = _bare(sentence)
    said = [*_cut(text[:-1]), f'<span class="end">{inline(text[-1:])}{marks}</span>']
    if sentence.role in LISTS:
        return ["<li>", *said, "</li>"]
    if sentence.role in ("earlier", "conflict", "target"):
        first = next((cited[n] for n in sentence.citations if n in cited), None)
        about = (written_date(first.date), escape(first.issuer)) if first else ()
        aim = (say("目标"),) if sentence.role == "target" else ()
        when = " · ".join(fact for fact in (*aim, *about) if fact)
        return ['<div class="dated">', f'<span class="when">{when}</span>', *said, "</div>"]
    return said


def written_date(date: str) -> str:
    """`2021-07-13` as 2021年7月13日, marked; `2021-07` and `2021` likewise; "" stays."""
    numbers = [str(int(part)) for part in date.split("-") if part.isdigit()]
    units = "".join(f"{{}}{unit}" for _, unit in zip(numbers, "年月日", strict=False))
    return say(units, *numbers) if numbers else ""


def _message(answer: Answer, text: str, after: str) -> str:
    polite = any(note.kind in (*SMALL_TALK, "noted") for note in answer.notes)
    silent = answer.status != "answered" and not polite
    label = LABELS.get(answer.reason or "", "") if silent else ""
    head = _understood(answer) + (f'<div class="verdict">{say(label)}</div>' if label else "")
    shown = f'<div class="answer {answer.status}">{head}<div class="said">{text}</div>{after}</div>'
    return in_language(shown, "en") if is_english(answer.question) else shown


def _understood(answer: Answer) -> str:
    """How a question was taken that leans on earlier ones."""
    if not answer.understood:
        return ""
    return f'<div class="understood">{say("按“{}”理解", inline(answer.understood))}</div>'


def _cut(text: str) -> list[str]:
    pieces_ = re.findall(rf"[^\n]{{1,{PIECE_CHARS}}}|\n+", text.strip("\n"))
    return ["<br>" if piece[0] == "\n" else escape(piece) for piece in pieces_]


def _laid_out(answer: Answer) -> list[tuple[AnswerSentence, bool]]:
    """The sentences, each with whether `answer.answer` starts a new line before it."""
    laid, end = [], 0
    for sentence in answer.sentences:
        start = answer.answer.find(sentence.shown, end)
        laid.append((sentence, start > end and "\n" in answer.answer[end:start]))
        end = start + len(sentence.shown) if start >= 0 else end
    return laid


def _bare(sentence: AnswerSentence) -> str:
    marks = "".join(f"[{n}]" for n in sentence.citations)
    return sentence.shown.removesuffix(marks)


def _mark(n: int, turn: int, citation: Citation | None) -> str:
    """A mark that opens its source; one without a source is shown and opens nothing."""
    if citation is None:
        return f'<span class="unsourced">&#91;{n}&#93;</span>'
    title = hint(citation)
    return (
        f'<a class="mark" href="#{link_of(turn, n)}" title="{title}"><span>&#91;{n}&#93;</span></a>'
    )


def hint(citation: Citation) -> str:
    """What a mark shows before it is opened, for an attribute: the document and its section, a
    line end, the quote."""
    words = " ".join(citation.quote.split())
    shown = words[:HINT_CHARS] + ("…" if len(words) > HINT_CHARS else "")
    section = citation.section.split(SECTION_SEPARATOR)[-1]
    about = "，".join(filter(None, (citation.title or citation.source, section)))
    return f"{escape(about)}&#10;{escape(shown)}"


def _table(answer: Answer, turn: int) -> str:
    """What is compared, a row a day or a place."""
    if not answer.compared:
        return ""
    cited = {citation.n: citation for citation in answer.citations}
    label, value = COMPARED[answer.compared_by or "time"]
    head = "".join(f"<th>{say(name)}</th>" for name in (label, value, "出处"))
    rows = "".join(
        f"<tr><th>{_dated(row.label)}</th><td>{inline(row.value)}</td>"
        f"<td>{_mark(row.citation, turn, cited.get(row.citation))}</td></tr>"
        for row in answer.compared
    )
    return f'<table class="compared"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _conditions(answer: Answer, turn: int) -> str:
    """What rules demand beside what the asker tells, a row a demand."""
    if not answer.conditions:
        return ""
    cited = {citation.n: citation for citation in answer.citations}
    names = ("条件", "文件要求", "您的情况", "对照", "出处")
    head = "".join(f"<th>{say(name)}</th>" for name in names)
    rows = "".join(
        f"<tr><th>{inline(row.label)}</th><td>{inline(row.demanded)}</td><td>{_stated(row)}</td>"
        f"<td>{say(MET[row.met])}{_lacking(row)}</td>"
        f"<td>{_mark(row.citation, turn, cited.get(row.citation))}</td></tr>"
        for row in answer.conditions
    )
    return f'<table class="compared"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _stated(row: Condition) -> str:
    return inline(row.told) if row.told else f'<span class="untold">{say("没有说")}</span>'


def _lacking(row: Condition) -> str:
    """What is lacking to a demand; nothing where nothing is."""
    return f"{say('，')}{inline(row.gap)}" if row.gap else ""


def _told(answer: Answer, turn: int) -> str:
    """What the asker told in earlier turns, each with a link that has it forgotten."""
    if not answer.told:
        return ""
    chips = "".join(
        f'<a class="chip" href="#forget-{turn}-{escape(each.attribute)}" '
        f'title="{say("不再记着")}">{inline(each.label)} {inline(each.said)} ×</a>'
        for each in answer.told
    )
    return f'<div class="told">{say("记着您说过的：")}{chips}</div>'


def _dated(label: str) -> str:
    return written_date(label) if re.fullmatch(r"\d{4}(-\d{2}){0,2}", label) else escape(label)


def _remarks(answer: Answer) -> str:
    """What of the question is left open, and what must be known of the answer."""
    if answer.status != "answered":
        return ""
    said = (*answer.missing, *(note for note in answer.notes if note.kind not in ABOVE))
    items = "".join(f"<li>{note_html(note)}</li>" for note in said)
    notes = f'<ul class="notes">{items}</ul>' if items else ""
    label = COMPLETENESS.get(answer.completeness, "")
    chip = f'<span class="chip {answer.completeness}">{say(label)}</span>' if label else ""
    return f'<div class="remarks">{chip}{notes}</div>' if chip or notes else ""


def note_html(note: Note) -> str:
    """A note in the reader's language."""
    return say(NOTES[note.kind].removeprefix("注："), *map(inline, note.parts))


def _sources(answer: Answer, turn: int) -> str:
    if answer.status == "answered":
        items = [_source_item(group, turn) for group in _by_document(answer.citations)]
        return _listed("依据", "sources", items)
    if answer.status == "abstained":
        items = [_place(hit, turn) for hit in answer.hits[:MAX_PLACES]]
        return _listed("也许可以看看", "places", items)
    return ""


def _links(answer: Answer) -> str:
    """The pages of the register that go on from an answer; they open beside the chat."""
    items = [
        f'<a class="item" href="{escape(each.path)}" target="_blank" rel="noopener">'
        f'<span class="title">{say(escape(each.words))}{_mark_chip(each.mark)}</span></a>'
        for each in answer.links
    ]
    return _listed("去看看", "onward", items)


def _mark_chip(mark: str) -> str:
    """How far a page may be relied on, where that is a question."""
    kind = "held" if mark == "已签" else "out"
    return f'<span class="chip {kind}">{say(mark)}</span>' if mark else ""


def _acts(answer: Answer, turn: int) -> str:
    """What a reader may do with the answer, a link each; the receipt opens beside the page."""
    if answer.status == "error":
        return ""
    links = [(f"#{name}-{turn}", words) for name, words in ACTS[answer.status].items()]
    links.append((f"/receipt/{quote(answer.id)}", "打印回执"))
    return (
        '<div class="acts">' + "".join(f'<a href="{h}">{say(w)}</a>' for h, w in links) + "</div>"
    )


def _narrowed(answer: Answer, turn: int) -> str:
    """What an answer was narrowed to, what that left out, and the nearest of it to open."""
    wanted, left_out = answer.filters, answer.left_out
    chosen = [escape(name) for name in wanted.regions]
    chosen += [say(KINDS[kind]) for kind in wanted.kinds]
    if wanted.since or wanted.until:
        chosen.append(f"{escape(wanted.since)}—{escape(wanted.until)}")
    lines = [say("只查：{}", " · ".join(chosen))] if chosen else []
    lines += [say("按 {} 的文件回答", written_date(answer.as_of))] if answer.as_of else []
    if left_out.documents:
        lines.append(say("有 {} 份文件没有查", left_out.documents))
    if not lines or answer.status == "error":
        return ""
    head = f'<div class="name">{" · ".join(lines)}</div>'
    first = {hit.doc_id: hit for hit in reversed(left_out.hits)}
    near = "".join(
        f'<a class="item" href="#{link_of(turn, f"{LEFT_OUT}{hit.rank}")}" '
        f'title="{escape(hit.title or hit.source)}">{escape(hit.title or hit.source)}</a>'
        for hit in reversed(first.values())
    )
    words = f'<div class="near">{say("其中内容相近的：{}", near)}</div>' if near else ""
    return f'<div class="narrowed">{head}{words}</div>'


def _by_document(citations: tuple[Citation, ...]) -> list[list[Citation]]:
    groups: dict[str, list[Citation]] = {}
    for citation in citations:
        groups.setdefault(citation.doc_id, []).append(citation)
    return list(groups.values())


def staff_chip(citation: Citation) -> str:
    """A badge on what the office's people wrote, which is no policy."""
    own = citation.kind == "staff_answer"
    return f'<span class="chip out">{say(KINDS[citation.kind])}</span>' if own else ""


def validity_chip(citation: Citation) -> str:
    """A badge that says whether the document holds, where that is known."""
    if citation.validity in ("", UNKNOWN):
        return ""
    kind = "out" if citation.validity in OUT_OF_FORCE else "held"
    because = escape(citation.validity_because)
    return f'<span class="chip {kind}" title="{because}">{say(escape(citation.validity))}</span>'


def _listed(name: str, kind: str, items: list[str]) -> str:
    if not items:
        return ""
    rows = "".join(f"<li>{item}</li>" for item in items)
    return f'<div class="{kind}"><div class="name">{say(name)}</div><ul>{rows}</ul></div>'


def _source_item(group: list[Citation], turn: int) -> str:
    """One document: what it is, opening its first quote, and a mark for each quote."""
    first = group[0]
    facts = (escape(first.issuer), escape(first.doc_number), written_date(first.date))
    about = " · ".join(fact for fact in facts if fact)
    title = first.title or first.source
    marks = "".join(_mark(citation.n, turn, citation) for citation in group)
    return (
        f'<a class="item" href="#{link_of(turn, first.n)}" title="{escape(title)}">'
        f'<span class="title">{escape(title)}{staff_chip(first)}{validity_chip(first)}</span>'
        f'<span class="about">{about}</span></a>'
        f'<span class="numbers">{marks}</span>'
    )


def _place(hit: Hit, turn: int) -> str:
    title = escape(hit.title or hit.source)
    words = " ".join(hit.shown.split())
    text = escape(words[:PLACE_CHARS]) + ("…" if len(words) > PLACE_CHARS else "")
    return (
        f'<a class="item" href="#{link_of(turn, f"{ASKED}{hit.rank}")}" title="{title}">'
        f'<span class="title">{title}</span><span class="about">{text}</span></a>'
    )
