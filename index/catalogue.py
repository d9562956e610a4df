"""What staff say of each file (`catalogue.toml` in the source folder)."""

import tomllib
from pathlib import Path

from pydantic import ValidationError

from index.errors import SourceError
from index.types import Metadata

FILE_NAME = "catalogue.toml"


def load(folder: Path) -> dict[str, Metadata]:
    """Metadata by source name; empty when the folder has no catalogue.

    Raises:
        SourceError: the catalogue is no TOML, or an entry has an unknown field or value.
    """
    path = folder / FILE_NAME
    if not path.exists():
        return {}
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SourceError(f"{path} 无法读取：{error}") from error
    return {source: _metadata(path, source, entry) for source, entry in entries.items()}


def _metadata(path: Path, source: str, entry: object) -> Metadata:
    try:
        return Metadata.model_validate(entry)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "整节"
        raise SourceError(f"{path} 中 [{source}] 的 {field} 有误：{first['msg']}") from error
