"""What is installed is what was looked at: every dependency with its hash, and of the versions that
pyproject.toml takes."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCK = (ROOT / "requirements.txt").read_text("utf-8")
LOCKED = [
    (Requirement(lines.split(" \\\n")[0]), re.findall(r"--hash=sha256:([0-9a-f]{64})\b", lines))
    for lines in re.split(r"\n(?=\S)", LOCK.strip())
]
UNLOCKED = {"torch"}  # each of its builds has a hash of its own


def test_every_package_is_pinned_to_its_hashes() -> None:
    assert len(LOCKED) > 80
    for requirement, hashes in LOCKED:
        assert re.fullmatch(r"==[^*,]+", str(requirement.specifier)), requirement
        assert hashes, requirement
    assert "://" not in LOCK  # no address of an index


def test_the_lock_holds_every_dependency_in_a_version_that_is_taken() -> None:
    pinned: dict[str, list[str]] = {}
    for requirement, _ in LOCKED:
        version = next(iter(requirement.specifier)).version
        pinned.setdefault(canonicalize_name(requirement.name), []).append(version)
    wanted = [Requirement(each) for each in PROJECT["project"]["dependencies"]]
    for each in wanted:
        versions = pinned.get(canonicalize_name(each.name), [])
        assert bool(versions) is (each.name not in UNLOCKED), each
        assert all(each.specifier.contains(version) for version in versions), each


def test_the_readme_installs_by_the_lock() -> None:
    commands = re.findall(r"```bash\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    assert "pip install -q --no-deps --require-hashes -r requirements.txt" in commands[0]
    assert "pip install -q --no-build-isolation ." in commands[0]


@pytest.mark.parametrize(
    ("reply", "status", "said"),
    [
        ("", 0, "cannot be had"),
        ({"dependencies": [{"name": "a", "skip_reason": "not found"}]}, 0, "cannot be had"),
        ({"dependencies": [{"name": "a", "version": "1", "vulns": []}]}, 0, "1 packages looked up"),
        ({"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "CVE-1"}]}]}, 1, "CVE-1"),
    ],
)
def test_the_audit_fails_for_vulnerabilities_and_not_for_lack_of_data(
    tmp_path: Path, reply: object, status: int, said: str
) -> None:
    (tmp_path / ".ci").mkdir()
    script = tmp_path / ".ci" / "audit"
    script.write_bytes((ROOT / ".ci" / "audit").read_bytes())
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(Path(sys.executable))
    (tmp_path / "reply").write_text(json.dumps(reply) if reply else "")
    fake = tmp_path / ".venv" / "bin" / "pip-audit"
    fake.write_text(f"#!/bin/sh\ncat {tmp_path}/reply\nexit 1\n")
    fake.chmod(0o755)
    done = subprocess.run(["bash", str(script)], capture_output=True, text=True, timeout=30)
    assert (done.returncode, said in done.stdout) == (status, True), done
