"""What staff say of each file (`catalogue.toml` in the source folder)."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

import tomlkit
from pydantic import ValidationError
from tomlkit.exceptions import TOMLKitError

from policyqa.index.errors import SourceError
from policyqa.index.types import Metadata

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
    except UnicodeDecodeError as error:
        raise SourceError(f"{path} 不是 UTF-8，请另存为 UTF-8") from error
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SourceError(f"{path} 无法读取：{error}") from error
    return {source: _metadata(path, source, entry) for source, entry in entries.items()}


def put(folder: Path, source: str, fields: Mapping[str, object]) -> None:
    """Set fields of a file's entry, in one step; what else the catalogue holds stays as people
    wrote it. None takes a field out, so that it is read from the text again.

    Raises:
        SourceError: a field has a wrong value, or the catalogue cannot be read or written.
    """
    path = folder / FILE_NAME
    part = folder / f".{FILE_NAME}.{os.getpid()}.part"
    try:
        words = path.read_text(encoding="utf-8-sig") if path.exists() else ""
        entries = tomlkit.parse(words)
        entry = entries.setdefault(source, tomlkit.table())
        for name, value in fields.items():
            if value is None:
                entry.pop(name, None)
            else:
                entry[name] = list(value) if isinstance(value, tuple) else value
        _metadata(path, source, tomllib.loads(tomlkit.dumps(entries))[source])
        with part.open("w", encoding="utf-8") as out:
            out.write(tomlkit.dumps(entries))
            out.flush()
            os.fsync(out.fileno())
        os.replace(part, path)
    except (OSError, UnicodeDecodeError, TOMLKitError, AttributeError) as error:
        raise SourceError(f"{path} 无法读写：{error}") from error
    finally:
        part.unlink(missing_ok=True)


def _metadata(path: Path, source: str, entry: object) -> Metadata:
    try:
        return Metadata.model_validate(entry)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "整节"
        raise SourceError(f"{path} 中 [{source}] 的 {field} 有误：{first['msg']}") from error
