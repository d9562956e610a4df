"""What an evaluation ran on and with: figures of another machine or commit are other figures."""

import os
import platform
import re
import subprocess
from importlib import metadata
from pathlib import Path

from policyqa.index.types import Value

PACKAGES = ("policyqa", "sentence-transformers", "torch", "faiss-cpu", "bm25s", "jieba", "numpy")
ROOT = Path(__file__).parents[2]
WAIT_S = 10


class Machine(Value):
    """Times are those of this machine. `packages` are versions by name."""

    system: str
    processor: str
    cores: int
    python: str
    packages: dict[str, str]


def machine() -> Machine:
    """This one, as far as it says."""
    return Machine(
        system=f"{platform.system()} {platform.machine()}",
        processor=_processor(),
        cores=len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count() or 1,
        python=platform.python_version(),
        packages={name: version for name in PACKAGES if (version := _version(name))},
    )


def commit() -> str:
    """The commit of the code, with `-dirty` where files were changed; "" where it is not known."""
    return git("describe", "--always", "--dirty", "--abbrev=40", "--exclude=*").strip()


def git(*arguments: str, folder: Path = ROOT) -> str:
    """What git prints; "" where there is no git, or no repository."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            timeout=WAIT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "replace")


def _cores() -> int:
    """Those that this process may use, where the system says."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return platform.processor()
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.M)
    return found.group(1).strip() if found else platform.processor()


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
