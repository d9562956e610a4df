"""`policyqa register …` as an office uses it: read from documents, compared and checked."""

import json
from pathlib import Path

import pytest

from policyqa.index.build.library import Library
from policyqa.qa.register import shelf
from tests.command_line import done, policyqa
from tests.programmes import HOUSING, SKILLS, signed
from tests.staff import EMBEDDER, LIMITS


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of an office with two papers, whose register is filled by the first test."""
    source = tmp_path_factory.mktemp("office") / "source"
    source.mkdir()
    (source / "housing.txt").write_text(HOUSING, "utf-8")
    (source / "skills.txt").write_text(SKILLS, "utf-8")
    folder = source.with_name("index")
    Library(source, folder, EMBEDDER, LIMITS).update()
    register = source / "register"
    lines = done("register", "propose", "housing.txt", "skills.txt", "--index", folder)
    assert [line.split("  ")[1] for line in lines.splitlines()] == [
        "购房补贴", "租房补贴", "渝南区技能人才奖励通知",
    ]  # fmt: skip
    assert len(list(register.iterdir())) == 3
    for programme in shelf.load(register).programmes:
        if programme.name != "租房补贴":
            shelf.write(register, signed(programme))
    return folder


def register_of(index: Path) -> Path:
    return index.with_name("source") / "register"


def test_to_propose_again_changes_nothing(index: Path) -> None:
    before = {p.name: p.read_bytes() for p in register_of(index).iterdir()}
    said = done("register", "propose", "housing.txt", "--index", index)
    assert [line.split("  ")[3] for line in said.splitlines()] == ["没有变化"] * 2
    assert {p.name: p.read_bytes() for p in register_of(index).iterdir()} == before


def test_a_dry_run_writes_nothing(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = index.with_name("elsewhere")
    monkeypatch.setenv("POLICYQA_PROGRAMMES", str(elsewhere))
    said = done("register", "propose", "skills.txt", "--dry-run", "--json", "--index", index)
    assert json.loads(said)["new"] is True
    assert not elsewhere.exists()
    done("register", "propose", "skills.txt", "--index", index)
    assert len(list(elsewhere.iterdir())) == 1


def test_programmes_are_listed_and_shown(index: Path) -> None:
    lines = done("register", "list", "--index", index).splitlines()
    assert len(lines) == 3
    listed = {each["name"]: each for each in map(
        json.loads, done("register", "list", "--json", "--index", index).splitlines()
    )}  # fmt: skip
    assert listed["购房补贴"]["proposed"] == 0
    assert listed["租房补贴"]["signed"] == 0
    shown = done("register", "show", "购房补贴", "--index", index)
    assert "待遇：博士一次性给予购房补贴15万元。  〔已签，王敏 2026-05-01〕" in shown
    cells = json.loads(done("register", "show", "租房补贴", "--json", "--index", index))["cells"]
    assert {cell["state"] for cell in cells} == {"proposed"}


def test_the_rest_is_one_line_or_status_one(index: Path) -> None:
    assert "没有问题：3 项。" in done("register", "lint", "--index", index)
    faulty = register_of(index) / "bad.v1.toml"
    faulty.write_text('id = "bad"\nversion = 1\nname = ""\n', "utf-8")
    said = policyqa("register", "lint", "--index", index)
    faulty.unlink()
    assert (said.returncode, said.stdout) == (1, "不能用  bad.v1.toml:3：name 太短，至少 1 字\n")
    covered = done("register", "coverage", "--json", "--index", index).splitlines()
    assert [(c["covered"], c["rules"]) for c in map(json.loads, covered)] == [(2, 2), (1, 1)]
    assert "3/" not in done("register", "coverage", "skills.txt", "--index", index)
    assert policyqa("register", "diff", "购房补贴", "--index", index).returncode == 2
    for words, reason in (
        (("propose", "no.txt"), "索引里没有文件 no.txt"),
        (("show", "没有"), "登记册里没有 没有"),
        (("list", "--as-of", "明天"), "“明天”不是日期"),
    ):
        refused = policyqa("register", *words, "--index", index)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert reason in refused.stderr


def test_what_a_change_of_a_file_touches_is_listed(index: Path) -> None:
    assert done("register", "changes", "--index", index) == "没有受影响的。\n"
    old = shelf.load(register_of(index)).of("购房补贴")
    quote = old.benefits[0].quote.model_copy(update={"text": "博士一次性给予购房补贴90万元。"})
    link = quote.link.rpartition(":")[0] + ":17x0123456789abcdef"
    cell = old.benefits[0].model_copy(update={"quote": quote.model_copy(update={"link": link})})
    new = old.model_copy(update={"version": 2, "benefits": (cell, *old.benefits[1:])})
    path = shelf.write(register_of(index), new)
    shown = done("register", "changes", "--index", index)
    said = json.loads(done("register", "changes", "--json", "--index", index))
    path.unlink()
    assert shown == (
        "housing.txt  1 格\n"
        f"    购房补贴 待遇 1（{old.id}）：原文已改动\n"
        "        原来 博士一次性给予购房补贴90万元。\n"
        "        现在 博士一次性给予购房补贴15万元。\n"
    )
    (touched,) = said["cells"]
    assert (touched["programme"], touched["now"]) == (old.id, "博士一次性给予购房补贴15万元。")


def test_versions_are_compared(index: Path) -> None:
    old = shelf.load(register_of(index)).of("购房补贴")
    new = old.model_copy(update={"version": 2, "materials": old.materials[1:]})
    path = shelf.write(register_of(index), new)
    said = done("register", "diff", old.id, "--index", index)
    path.unlink()
    assert said == "删去  材料：身份证复印件\n"


def test_people_are_matched_and_nothing_is_kept(index: Path, tmp_path: Path) -> None:
    people = tmp_path / "人才.csv"
    people.write_text("姓名,年龄,学历,社保\n=张三,44,硕士,12\n李四,小,博士,8\n", "utf-8")
    before = sorted(index.parent.rglob("*"))
    said = policyqa("register", "match", people, "--as-of", "2026-06-01", "--index", index)
    assert said.returncode == 0
    lines = said.stdout.splitlines()
    assert lines[0] == "人员,政策,编号,结论,条款,还差,待遇,说明"
    assert len(lines) == 1 + 2 * 3
    assert lines[1].startswith("'=张三,购房补贴,")
    assert ",符合," in lines[1]
    assert "看不懂 第 3 行（李四）年龄：“小”看不懂，请填数字（岁）" in said.stderr
    written = tmp_path / "结果.csv"
    counted = done("register", "match", people, "-o", written, "--index", index)
    assert "2 人，3 项；自测，不是认定。" in counted
    assert written.read_bytes().startswith("\ufeff人员".encode())
    again = policyqa("register", "match", people, "-o", written, "--index", index)
    assert (again.returncode, "已经存在" in again.stderr) == (1, True)
    assert sorted(index.parent.rglob("*")) == before
