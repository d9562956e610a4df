"""How the service is set up by others: each file is read by what reads it, or as nearly as can be,
and keeps what it promises."""

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from policyqa.qa import settings

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy"
UNIT = (FOLDER / "policyqa.service").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))
SERVICES = COMPOSE["services"]
KNOWN = {
    "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "RUN", "USER",
    "VOLUME", "WORKDIR",
}  # fmt: skip


def steps() -> list[tuple[str, str]]:
    text = (FOLDER / "Containerfile").read_text("utf-8")
    lines = re.sub(r"^#.*\n", "", text, flags=re.M).replace("\\\n", " ").splitlines()
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in lines if line.strip()]


def test_the_containerfile_copies_what_is_there_and_runs_as_nobody_else() -> None:
    found = steps()
    assert {name for name, _ in found} <= KNOWN
    assert found[0][0] == "FROM"
    sources = [each for name, said in found if name == "COPY" for each in said.split()[:-1]]
    assert len(sources) >= 8
    assert [each for each in sources if not (ROOT / each).exists()] == []
    users = [said for name, said in found if name == "USER"]
    last = max(n for n, (name, _) in enumerate(found) if name in ("RUN", "COPY"))
    assert users == ["policyqa"]
    assert [name for name, _ in found].index("USER") > last  # the code is not the user's
    runs = [said for name, said in found if name == "RUN"]
    assert any("--require-hashes" in each for each in runs)
    for each in runs:
        assert subprocess.run(["sh", "-n", "-c", each]).returncode == 0, each


def test_the_second_lock_adds_the_driver_alone() -> None:
    lock = (FOLDER / "requirements-postgresql.txt").read_text("utf-8")
    assert re.findall(r"^([\w-]+)==", lock, re.M) == ["psycopg", "psycopg-binary"]
    assert "--hash=sha256:" in lock
    assert "://" not in lock


def test_only_the_proxy_of_the_compose_file_reaches_other_hosts() -> None:
    inside = COMPOSE["networks"]["inside"]
    assert inside["internal"] is True
    for name in ("policyqa", "database"):
        assert SERVICES[name]["networks"] == ["inside"]
        assert "ports" not in SERVICES[name]
    address = SERVICES["proxy"]["networks"]["inside"]["ipv4_address"]
    assert SERVICES["policyqa"]["environment"]["POLICYQA_SERVER__PROXIES"] == address


def test_the_compose_file_holds_no_secret_and_takes_no_right() -> None:
    for name, service in SERVICES.items():
        assert "no-new-privileges:true" in service["security_opt"], name
        assert not service.get("privileged"), name
        for key, value in service.get("environment", {}).items():
            assert "PASSWORD" not in key or value.startswith("${"), key
    assert SERVICES["policyqa"]["read_only"] is True
    assert SERVICES["policyqa"]["cap_drop"] == ["ALL"]
    named = {each.split(":")[0] for s in SERVICES.values() for each in s.get("volumes", [])}
    assert {each for each in named if not each.startswith("./")} == set(COMPOSE["volumes"])
    build = SERVICES["policyqa"]["build"]
    assert (FOLDER / build["context"] / build["dockerfile"]).is_file()


def unit() -> dict[str, list[str]]:
    """The settings of the section Service, in order; several lines of one name stay apart."""
    section = UNIT.partition("[Service]")[2].partition("[Install]")[0]
    found: dict[str, list[str]] = {}
    for line in section.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def test_the_unit_has_a_user_of_its_own_no_egress_and_read_only_paths() -> None:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(UNIT)
    assert parser.sections() == ["Unit", "Service", "Install"]
    said = unit()
    assert said["User"] == ["policyqa"]
    assert (said["IPAddressDeny"], said["IPAddressAllow"]) == (["any"], ["localhost"])
    assert said["ProtectSystem"] == ["strict"]
    assert said["NoNewPrivileges"] == ["yes"]
    assert said["StateDirectoryMode"] == ["0700"]
    assert "ReadWritePaths" not in said
    for each in said["Environment"]:
        _, _, value = each.partition("=")
        if value.startswith("/"):
            assert value.startswith("/var/lib/policyqa/"), each


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze here")
def test_systemd_takes_the_unit_and_finds_it_little_exposed(tmp_path: Path) -> None:
    copy = tmp_path / "policyqa.service"
    copy.write_text(re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", UNIT), "utf-8")
    verify = ["systemd-analyze", "verify", str(copy)]
    done = subprocess.run(verify, capture_output=True, text=True, timeout=60)
    assert (done.returncode, "Unknown" in done.stderr) == (0, False), done.stderr
    exposed = ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(copy)]
    done = subprocess.run(exposed, capture_output=True, text=True, timeout=60)
    if "Unknown" not in done.stderr and "unrecognized option" not in done.stderr:
        assert done.returncode == 0, done.stdout[-300:]


def test_every_setting_that_they_set_is_read() -> None:
    text = "".join(path.read_text("utf-8") for path in sorted(FOLDER.iterdir()))
    named = set(re.findall(r"POLICYQA_[A-Z_]+", text))
    assert len(named) >= 8
    assert named <= set(settings.names())


def test_the_commands_are_the_programs() -> None:
    (start,) = unit()["ExecStart"]
    assert shlex.split(start)[1:] == ["serve"]
    assert ("ENTRYPOINT", '["policyqa"]') in steps()
    assert ("CMD", '["serve", "--host", "0.0.0.0"]') in steps()


NGINX = (FOLDER / "nginx.conf").read_text("utf-8")
CADDY = (FOLDER / "Caddyfile").read_text("utf-8")


def test_the_proxies_bound_what_comes_and_say_for_whom() -> None:
    for text in (NGINX, CADDY):
        bare = re.sub(r"#.*", "", text)
        assert bare.count("{") == bare.count("}")
    for each in (
        "client_max_body_size 1m;", "client_body_timeout 60s;", "limit_req zone=",
        "limit_conn policyqa_open", "proxy_set_header X-Forwarded-For $remote_addr;",
        "proxy_set_header X-Forwarded-Proto $scheme;", "proxy_set_header Host $host;",
    ):  # fmt: skip
        assert each in NGINX
    assert "$proxy_add_x_forwarded_for" not in NGINX  # what a client claims is not passed on
    assert "max_size 1MB" in CADDY
    assert "read_body 5m" in CADDY


@pytest.mark.skipif(not shutil.which("nginx"), reason="no nginx here")
@pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl here")
def test_nginx_takes_its_file(tmp_path: Path) -> None:
    key, certificate = tmp_path / "policyqa.key", tmp_path / "policyqa.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x"]
    subprocess.run([*made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    here = NGINX.replace("/etc/ssl/certs/", f"{tmp_path}/").replace(
        "/etc/ssl/private/", f"{tmp_path}/"
    )
    (tmp_path / "site.conf").write_text(here)
    whole = f"pid {tmp_path}/pid; events {{}} http {{ access_log off; include site.conf; }}"
    (tmp_path / "nginx.conf").write_text(whole)
    done = subprocess.run(
        ["nginx", "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not shutil.which("caddy"), reason="no caddy here")
def test_caddy_takes_its_file() -> None:
    command = ["caddy", "validate", "--adapter", "caddyfile", "--config", FOLDER / "Caddyfile"]
    environment = {"HOST": "talent.example", "PATH": "/usr/bin:/bin", "HOME": "/tmp"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr


ROW = re.compile(r"^\| (A\d\d|LLM\d\d) \|.*\|$", re.M)
NAMED = re.compile(r"`(test_\w+)::(test_\w+)`")


def test_every_row_of_owasp_names_tests_that_are_there() -> None:
    text = (ROOT / "ui" / "README.md").read_text("utf-8")
    rows = {match[1]: match[0] for match in ROW.finditer(text)}
    assert set(rows) == {f"{kind}{n:02}" for kind in ("A", "LLM") for n in range(1, 11)}
    for name, row in rows.items():
        named = NAMED.findall(row)
        assert named, name
        for module, test in named:
            there = [path.read_text("utf-8") for path in (ROOT / "tests").rglob(f"{module}.py")]
            assert any(f"def {test}(" in code for code in there), (name, module, test)
