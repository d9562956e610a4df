"""Who works on a folder of data now, told between processes: several may serve from it at once;
whoever puts a backup back is alone; the documents are kept, or backed up, by one at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from policyqa.ui.errors import StoreError

SERVING = ".serving.lock"
KEEPING = ".keeping.lock"  # a `filelock`, beside the folder of uploads
SERVED = "服务（或另一个放回备份的命令）正在使用 {}，请先停止它。"


@contextmanager
def serving(folder: Path, *, alone: bool = False) -> Iterator[None]:
    """Hold a folder of data while something is served from it, or, `alone`, while nothing may be.
    The lock goes with the process.

    Raises:
        StoreError: somebody else's hold does not allow it, or the folder cannot be written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(os.open(folder / SERVING, os.O_RDWR | os.O_CREAT, 0o600), "rb") as file:
            fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
            yield
    except BlockingIOError as error:
        raise StoreError(SERVED.format(folder)) from error
    except PermissionError as error:
        raise StoreError(f"写不进 {folder}：{error.strerror}。") from error
