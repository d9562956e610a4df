"""Small TOML files that people write, read with one clear line for whatever is wrong."""

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from policyqa.index.errors import PolicyQAError

T = TypeVar("T", bound=BaseModel)


def read(path: Path, kind: type[T], error: type[PolicyQAError]) -> T:
    """The file as a value of this kind.

    Raises:
        PolicyQAError: of the given class; the file cannot be read, is no TOML, or a field is wrong.
    """
    try:
        return kind.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as cause:
        raise error(f"{path}: 无法读取（{cause.strerror}）") from cause
    except UnicodeDecodeError as cause:
        raise error(f"{path}: 不是 UTF-8 编码") from cause
    except tomllib.TOMLDecodeError as cause:
        raise error(f"{path}: 不是 TOML（{cause}）") from cause
    except ValidationError as cause:
        first = cause.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise error(f"{path}: {place} 有误（{first['msg']}）") from cause
