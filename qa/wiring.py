"""Puts the parts together: the only module that names concrete classes."""

import hashlib
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

from index import building, search_index
from index.building import Progress
from index.embedding import Embedder, SentenceTransformerEmbedder
from index.errors import DatasetError, IndexMissing
from index.types import IndexReport, Metadata
from qa import settings as configuration
from qa.assistant import Assistant
from qa.weighting import weights_for


def embedder(*, say: Callable[[str], None] | None = None) -> Embedder:
    """The embedder that the settings name, loaded once a process."""
    return _embedder(say)


@cache
def _embedder(say: Callable[[str], None] | None) -> Embedder:
    settings = configuration.load()
    return SentenceTransformerEmbedder.load(
        settings.model.name,
        cache=settings.cache / "models",
        precision=settings.model.precision,
        threads=settings.model.threads,
        progress=say,
    )


def build_index(
    source: Path | None = None, index: Path | None = None, *, progress: Progress | None = None
) -> IndexReport:
    """Bring an index up to date; see `index.building.build`."""
    settings = configuration.load()
    return building.build(
        source or settings.source, index or settings.index, embedder(), progress=progress
    )


def open_assistant(index: Path | None = None, *, build: bool = False) -> Assistant:
    """An assistant over a stored index.

    Args:
        index: index folder; the settings' when None.
        build: make the index from the settings' source folder if there is none yet.

    Raises:
        IndexMissing, IndexDamaged, IndexMismatch: see `index.search_index.load`.
    """
    settings = configuration.load()
    folder = index or settings.index
    try:
        search_index.read_manifest(folder)
    except IndexMissing:
        if not build:
            raise
        build_index(index=folder)
    stored = search_index.load(folder, model=embedder().fingerprint)
    return Assistant(stored, embedder(), weights_for, settings.answer)


def open_collection(corpus: Path, *, progress: Progress | None = None) -> Assistant:
    """An assistant over a `corpus.jsonl` (`id title text`), indexed once into the cache.

    Raises:
        DatasetError: a line is no JSON object with id and text.
    """
    settings = configuration.load()
    data = corpus.read_bytes()
    name = f"{corpus.parent.name}-{hashlib.sha256(data).hexdigest()[:12]}"
    folder = settings.cache / "collections" / name
    files = list(_collection(corpus, data))
    building.build_texts(files, folder, embedder(), progress=progress)
    stored = search_index.load(folder, model=embedder().fingerprint)
    return Assistant(stored, embedder(), weights_for, settings.answer)


def _collection(corpus: Path, data: bytes) -> list[building.SourceText]:
    texts = []
    for number, line in enumerate(data.decode("utf-8-sig").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            title = str(record.get("title") or "")[:200]
            texts.append(
                building.SourceText(str(record["id"]), str(record["text"]), Metadata(title=title))
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DatasetError(f"{corpus}:{number}: 每行应为含 id、text 的 JSON 对象") from error
    return texts
