"""Puts the parts together: the only module that names concrete classes."""

import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from functools import cache
from importlib import resources
from pathlib import Path

from policyqa.index.build import building, scanning
from policyqa.index.build.building import Progress
from policyqa.index.build.library import Library
from policyqa.index.errors import IndexError_, IndexMissing, SourceError
from policyqa.index.read.extract import Limits
from policyqa.index.store import search_index
from policyqa.index.store.embedding import Embedder, SentenceTransformerEmbedder
from policyqa.index.store.weights import WEIGHTS, check_default, check_shipped, folder_of
from policyqa.index.text.words import keep_in
from policyqa.index.types import IndexReport, Metadata
from policyqa.qa import settings as configuration
from policyqa.qa.assistant import Assistant
from policyqa.qa.conversation.resolver import LearnedResolver, Resolver
from policyqa.qa.errors import DatasetError
from policyqa.qa.live import LiveAssistant
from policyqa.qa.llm.language_model import OpenAIWriter, Writer
from policyqa.qa.register.marking import Marker
from policyqa.qa.register.shelf import FOLDER
from policyqa.qa.retrieve.reading import (
    DEFAULT_MODEL,
    CrossEncoderReader,
    Reader,
    ReadingStage,
    SentenceReader,
    is_sentence_reader,
)
from policyqa.qa.retrieve.ruling import LearnedRuler, Ruler
from policyqa.qa.settings import ModelSettings, Settings

OFF = "off"
SHIPPED = ("conversation", "retrieve/reader", "retrieve/ruler")  # rooms with weights in them


def embedder(
    *, say: Callable[[str], None] | None = None, settings: Settings | None = None
) -> Embedder:
    """The embedder that the settings name, loaded once a process."""
    settings = settings or configuration.load()
    keep_in(settings.cache / "words")
    return _embedder(settings.model, settings.cache / "models", say)


@cache
def _embedder(
    model: ModelSettings, cache_folder: Path, say: Callable[[str], None] | None
) -> Embedder:
    return SentenceTransformerEmbedder.load(
        model.name,
        cache=cache_folder,
        precision=model.precision,
        threads=model.threads,
        progress=say,
    )


def check_weights(settings: Settings) -> bool:
    """Compare the weights that were shipped, and what is unpacked of them, with their digests;
    False where what is unpacked has none. Nothing is loaded.

    Raises:
        ModelError: a file is absent or another one.
    """
    for room in SHIPPED:
        check_shipped(Path(str(resources.files(__package__) / room)))
    default = settings.model.name == ModelSettings().name
    return check_default(settings.cache / "models") if default else True


def build_index(
    source: Path | None = None, index: Path | None = None, *, progress: Progress | None = None
) -> IndexReport:
    """Bring an index up to date; see `index.build.building.build`."""
    settings = configuration.load()
    folder = source or settings.source
    scanning.check_folder(folder)  # told before the model is loaded, which takes seconds
    return building.build(
        folder,
        index or settings.index,
        embedder(),
        limits=limits(),
        progress=progress,
    )


def limits() -> Limits:
    """The settings' bounds on one file."""
    bounds = configuration.load().limits
    return Limits(
        max_bytes=bounds.max_mb * 2**20,
        max_pages=bounds.max_pages,
        max_rows=bounds.max_rows,
        seconds=bounds.seconds,
        recognise_scans=bounds.recognise_scans,
    )


def add_files(
    files: Sequence[Path],
    index: Path | None = None,
    *,
    replace: bool = False,
    progress: Progress | None = None,
) -> IndexReport:
    """Put files into the source folder of an index and bring it up to date.

    Raises:
        UnreadableFile, SourceError: one cannot be read or taken; then none is added.
        Others as `index.build.building.build`.
    """
    library = open_library(index)
    places = [library.place_for(path.name) for path in files]
    library.check(files, replace=replace)
    for path, place in zip(files, places, strict=True):
        library.add(path, replace=replace, place=place)
    return library.update(progress)


def remove_file(
    source: str, index: Path | None = None, *, progress: Progress | None = None
) -> IndexReport:
    """Take a file out of the source folder of an index and bring it up to date.

    Raises:
        SourceError: no such file. Others as `index.build.building.build`.
    """
    library = open_library(index)
    library.remove(source)
    return library.update(progress)


def open_library(index: Path | None = None) -> Library:
    """The source folder of an index, for those who keep it.

    Raises:
        SourceError: the folder is not there any more. Others as `index.store.search_index.load`.
    """
    chosen = configuration.load()
    return Library(_root(index), index or chosen.index, embedder(), limits())


def source_of(index: Path, settings: Settings) -> Path:
    """The source folder of an index: that it was made from, the settings' where none is known."""
    try:
        return Path(search_index.read_manifest(index).root or settings.source)
    except IndexError_:
        return settings.source


def register_folder(index: Path | None = None) -> Path:
    """Where the register of programmes is kept: as the settings say, else in the source folder."""
    settings = configuration.load()
    return settings.programmes or source_of(index or settings.index, settings) / FOLDER


def marker() -> Marker | None:
    """What marks sentences for the register; None with an embedding model that it was not taught
    with."""
    return Marker.load(embedder())


def _root(index: Path | None) -> Path:
    """The source folder that an index was made from."""
    settings = configuration.load()
    root = Path(search_index.read_manifest(index or settings.index).root or settings.source)
    if not root.is_dir():
        raise SourceError(f"来源文件夹 {root} 已不在，请用 policyqa index --source 指定新的")
    return root


def open_assistant(index: Path | None = None, *, settings: Settings | None = None) -> Assistant:
    """An assistant over a stored index.

    Args:
        index: index folder; the settings' when None.
        settings: those of this process when None.

    Raises:
        IndexMissing, IndexDamaged, IndexMismatch: see `index.store.search_index.load`.
    """
    settings = settings or configuration.load()
    return _assistant(index or settings.index, settings)


def _assistant(folder: Path, settings: Settings) -> Assistant:
    model = embedder(settings=settings)
    stored = search_index.load(folder, model=model.fingerprint)
    second = reading_stage(settings)
    return Assistant(
        stored,
        model,
        settings.ranking.model_dump(),
        settings.answer,
        second,
        writer(settings),
        resolver=resolver(model),
        ruler=ruler(model),
    )


def resolver(model: Embedder) -> Resolver | None:
    """What reads conversations and was taught for an embedding model; None where nothing was."""
    return _resolver(own) if (own := _own(model)) else None


@cache
def _resolver(model: SentenceTransformerEmbedder) -> Resolver:
    return LearnedResolver.load(model.encoder, model.tokenizer)


def ruler(model: Embedder) -> Ruler | None:
    """What says what rules mean and was taught for an embedding model; None where nothing was."""
    return _ruler(own) if (own := _own(model)) else None


@cache
def _ruler(model: SentenceTransformerEmbedder) -> Ruler:
    return LearnedRuler.load(model.encoder, model.tokenizer)


def _own(model: Embedder) -> SentenceTransformerEmbedder | None:
    """The default embedding model, over which others are built; None for another one."""
    default = model.fingerprint == folder_of(WEIGHTS)
    return model if default and isinstance(model, SentenceTransformerEmbedder) else None


def writer(settings: Settings) -> Writer | None:
    """The language model that the settings name; None where they name none."""
    return OpenAIWriter.connect(settings.llm) if settings.llm.base_url else None


def reading_stage(settings: Settings) -> ReadingStage | None:
    """The second stage that the settings name, its model loaded once a process; None for `off`."""
    if settings.reader.model == OFF:
        return None
    return ReadingStage(_reader(settings.reader.model, settings.model), settings.reader)


@cache
def _reader(name: str, model: ModelSettings) -> Reader:
    threads = model.threads or 1
    if name == DEFAULT_MODEL:
        return SentenceReader.load(precision=model.precision, threads=threads)
    if is_sentence_reader(Path(name)):
        return SentenceReader.load(Path(name), precision=model.precision, threads=threads)
    return CrossEncoderReader.load(name, precision=model.precision, threads=threads)


def varied(assistant: Assistant, settings: Settings, *, without: Collection[str] = ()) -> Assistant:
    """An assistant over the same index that ranks and answers by other settings, or without some
    families of rules (`qa.rules`)."""
    ranking = settings.ranking.model_dump()
    second = reading_stage(settings)
    return Assistant(
        assistant.index,
        assistant.embedder,
        ranking,
        settings.answer,
        second,
        writer(settings),
        without,
        resolver(assistant.embedder),
        ruler(assistant.embedder),
    )


def indexed(index: Path | None = None, *, progress: Progress | None = None) -> Path:
    """The index folder, the settings' when None; where it holds no index, one is built first
    from the default source.

    Raises:
        IndexDamaged: see `index.store.search_index.read_manifest`.
        Others as `index.build.building.build`.
    """
    folder = index or configuration.load().index
    try:
        search_index.read_manifest(folder)
    except IndexMissing:
        build_index(index=folder, progress=progress)
    return folder


def open_live(index: Path | None = None, *, progress: Progress | None = None) -> LiveAssistant:
    """An assistant that follows its index, which is made first if there is none. Raises as
    `indexed` and `open_assistant`."""
    folder = indexed(index, progress=progress)
    return LiveAssistant(folder, lambda: open_assistant(folder))


def open_collection(
    corpus: Path, *, settings: Settings | None = None, progress: Progress | None = None
) -> Assistant:
    """An assistant over a `corpus.jsonl` (`id title text`, or BEIR's `_id`), indexed once into
    the cache.

    Raises:
        DatasetError: a line is no JSON object with id and text.
    """
    settings = settings or configuration.load()
    data = corpus.read_bytes()
    name = f"{corpus.parent.name}-{hashlib.sha256(data).hexdigest()[:12]}"
    model = embedder(settings=settings)
    if settings.model.name != ModelSettings().name:
        name += f"-{hashlib.sha256(model.fingerprint.encode()).hexdigest()[:8]}"
    folder = settings.cache / "collections" / name
    files = collection_texts(corpus, data)
    building.build_texts(files, folder, model, progress=progress)
    return _assistant(folder, settings)


def collection_texts(corpus: Path, data: bytes) -> list[building.SourceText]:
    texts = []
    for number, line in enumerate(data.decode("utf-8-sig").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            title = str(record.get("title") or "")[:200]
            name = record["id"] if "id" in record else record["_id"]  # `_id` as BEIR has it
            texts.append(
                building.SourceText(
                    str(name), str(record["text"]), Metadata(title=title) if title else Metadata()
                )
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DatasetError(f"{corpus}:{number}: 每行应为含 id、text 的 JSON 对象") from error
    return texts
