"""The start of a data set: sentences of the corpus, for which a person writes the questions.

Questions are written from a sentence and not from what the assistant said, so that the set does
not repeat the assistant's own opinion.
"""

import json
import random
from collections.abc import Iterator
from pathlib import Path

from policyqa.index.store.search_index import SearchIndex
from policyqa.index.types import Document, Passage
from policyqa.qa.errors import DatasetError

SEED = 20261123
SHORTEST, LONGEST = 10, 120  # characters of a sentence that a question may be about

GUIDE = """# 怎么写这一套题

`queries.jsonl` 每行一个问题，都还没有写：每行给了一句原文（`evidence`），请照着写。

- `text`：读者会怎么问，就怎么写，别照抄原文；一句里挑一件事问。
- `answers`：答案里必须有的几个字，照原文写，越短越好，如 `["15万元"]`；列出几个是任一即可。
  要几样都说到，写成 `[["甲"], ["乙", "乙的别称"]]`。
- `evidence`：依据的原话；同一件事在别处也写了，就把别处也列上。
- 文件里没有答案的问题也要有（约四分之一，最好差一点就能答）：写 `"answerable": false`，
  去掉 `answers`、`evidence`；可加 `"reason"`，如 `no_evidence`、`out_of_scope`、`ambiguous`。
- 可选：`type`（分类统计）、`split`（`dev` 用来调整，`test` 只看成绩）、`history`（前面的对话）、
  `as_of`（截至哪天）。

写好一些就检查：`policyqa eval lint --dataset 本文件夹`；
再评测：`policyqa eval --dataset 本文件夹`。不想写的行删掉即可。
"""


def start(folder: Path, index: SearchIndex, *, count: int) -> int:
    """Make a data set's folder with unwritten questions, one for each of some sentences.

    Args:
        folder: new, or empty.
        index: the corpus; sentences are drawn from all its documents in turn.
        count: how many, at most.

    Returns:
        How many there are.

    Raises:
        DatasetError: something lies there already, or it cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DatasetError(f"{folder} 里已有东西，请换一个新文件夹")
    lines = [_line(n, *drawn) for n, drawn in enumerate(sentences(index, count), start=1)]
    if not lines:
        raise DatasetError("索引里没有可以出题的句子")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "README.md").write_text(GUIDE, encoding="utf-8")
        (folder / "queries.jsonl").write_text("".join(lines), encoding="utf-8")
    except OSError as error:
        raise DatasetError(f"无法写入 {folder}（{error.strerror}）") from error
    return len(lines)


def sentences(index: SearchIndex, count: int) -> list[tuple[Document, str]]:
    """Sentences and table rows drawn by a fixed seed, of each document in turn."""
    chance = random.Random(SEED)
    documents = {document.doc_id: document for document in index.documents}
    pools: dict[str, list[str]] = {doc_id: [] for doc_id in documents}
    for passage in index.passages:
        pools[passage.doc_id] += _askable(passage, documents[passage.doc_id])
    for pool in pools.values():
        chance.shuffle(pool)
    drawn: list[tuple[Document, str]] = []
    while len(drawn) < count and any(pools.values()):
        for doc_id in [doc_id for doc_id, pool in pools.items() if pool]:
            drawn.append((documents[doc_id], pools[doc_id].pop()))
    return drawn[:count]


def _askable(passage: Passage, document: Document) -> Iterator[str]:
    for sentence in passage.sentences:
        text = document.text[sentence.start : sentence.end].strip()
        if sentence.kind in ("text", "row") and SHORTEST <= len(text) <= LONGEST:
            yield text


def _line(number: int, document: Document, quote: str) -> str:
    record = {
        "id": f"q{number:03}",
        "text": "",
        "answers": [],
        "evidence": [{"source": document.source, "quote": quote}],
        "type": "",
        "split": "test" if number % 5 < 2 else "dev",
    }
    return json.dumps(record, ensure_ascii=False) + "\n"
