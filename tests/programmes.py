"""A small office with two papers and the programmes that are read from them, and a larger one whose
register staff have completed and signed, for tests."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from policyqa.index.build.sandbox import Parsed, parsed
from policyqa.index.read.extract import Extract, Plain
from policyqa.index.types import Document, Metadata
from policyqa.qa.corpus import Corpus
from policyqa.qa.register import shelf
from policyqa.qa.register.proposing import proposed
from policyqa.qa.register.types import Cell, Programme, Signature
from policyqa.qa.types import Citation

HOUSING = """渝南区人才安居补贴办法
第一章 总则
第一条 为吸引人才来渝南区工作，制定本办法。
第二章 购房补贴
一、申请条件
申请人应当同时符合下列条件：
（一）年龄不超过45周岁；
（二）具有硕士以上学位；
（三）社会保险缴费满12个月。
二、补贴标准
博士一次性给予购房补贴15万元。
硕士一次性给予购房补贴6万元。
购房补贴与租房补贴不得同时享受。
三、申请材料
申请时应当提交下列材料：
（一）身份证复印件；
（二）学历学位证书；
（三）社会保险缴费证明。
四、办理流程
（一）申请人在网上提交申请；
（二）区人才中心自受理之日起10个工作日内审核；
（三）公示5个工作日后发放。
五、咨询电话
区人才中心，咨询电话：023-61234567。
第三章 租房补贴
一、申请条件
申请人应当同时符合下列条件：
（一）年龄不超过35周岁；
（二）具有本科以上学历；
（三）无自有住房；
（四）经区人才办认定。
二、补贴标准
每月给予租房补贴1000元，最长24个月。
三、申请材料
申请时应当提交下列材料：
（一）身份证复印件；
（二）租赁合同。
"""
SKILLS = """渝南区技能人才奖励通知
一、申请条件
申请人应当符合下列条件之一：
（一）取得高级工以上职业资格；
（二）在渝南区工作满36个月。
二、奖励标准
一次性给予奖励2000元。
三、办理时限
自受理之日起20个工作日内办结。
"""
ABOUT = Metadata(
    title="渝南区人才安居补贴办法", issuer="渝南区人力资源和社会保障局", kind="policy",
    date="2025-01-10", effective="2025-02-01", expires="2027-12-31",
)  # fmt: skip
SKILLS_ABOUT = Metadata(
    title="渝南区技能人才奖励通知", issuer="渝南区人力资源和社会保障局", kind="policy",
    date="2025-03-01", effective="2025-03-01",
)  # fmt: skip
DAY = "2026-06-01"
COMPLETED = Path(__file__).parent / "register" / "office"  # five papers, `register/` beside them
SIGNER, TIME = "王敏", "2026-05-01T08:00:00.000+00:00"


def read(source: str, text: str, about: Metadata) -> Parsed:
    """A text as the index stores it."""
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return parsed(Extract((Plain(text),)), source=source, metadata=about, sha256=sha256)


def corpus_of(papers: Sequence[Parsed]) -> Corpus:
    """The papers as a corpus, with their rules."""
    documents = [paper.document for paper in papers]
    passages = [passage for paper in papers for passage in paper.passages]
    rules = {paper.document.doc_id: paper.rules for paper in papers}
    return replace(Corpus.holding(documents, passages), rules_by_id=rules)


def office(housing: str = HOUSING) -> Corpus:
    """The corpus of both papers."""
    return corpus_of([
        read("housing.txt", housing, ABOUT), read("skills.txt", SKILLS, SKILLS_ABOUT)
    ])  # fmt: skip


def completed() -> tuple[Corpus, shelf.Shelf]:
    """The five papers of `COMPLETED` and its register, as somebody corrected and signed what was
    proposed of them."""
    papers = []
    for path in sorted(COMPLETED.glob("*.txt")):
        text = path.read_text("utf-8")
        about = ABOUT.model_copy(
            update={"title": text.split("\n")[0], "date": "", "effective": "", "expires": ""}
        )
        papers.append(read(path.name, text, about))
    return corpus_of(papers), shelf.load(COMPLETED / shelf.FOLDER)


def programmes(corpus: Corpus) -> list[Programme]:
    """What is proposed of them."""
    return [
        programme
        for document in corpus.documents()
        for programme in proposed(
            document, corpus.passages(document.doc_id), corpus.rules(document.doc_id)
        )
    ]


def signed(programme: Programme) -> Programme:
    """All its cells signed."""
    fields: dict[str, list[Cell]] = {}
    for field, _, cell in programme.cells():
        mark = Signature(by=SIGNER, time=TIME, seal=cell.seal)
        fields.setdefault(field, []).append(cell.model_copy(update={"signed": mark}))
    return programme.model_copy(update={name: tuple(cells) for name, cells in fields.items()})


def cited(document: Document, words: str) -> Citation:
    """These words, as an answer cites them."""
    start = document.text.index(words)
    about = dict.fromkeys(("title", "section", "issuer", "doc_number", "date", "passage_id"), "")
    return Citation(
        n=1,
        doc_id=document.doc_id,
        source=document.source,
        quote=words,
        start=start,
        end=start + len(words),
        **about,
    )
