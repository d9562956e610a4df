"""The environment is read in one place, and a mistake in it is named."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from policyqa.qa import settings
from policyqa.qa.errors import SettingsError


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    settings.load.cache_clear()
    yield
    settings.load.cache_clear()


def test_defaults() -> None:
    loaded = settings.load()
    assert (loaded.source, loaded.index) == (Path("seeds"), Path(".policyqa/index"))
    assert loaded.model.name == "e5-small"
    assert loaded.answer.max_chars <= 600


def test_every_name_that_is_listed_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "SOURCE": "a", "INDEX": "b", "CACHE": "c", "DATA": "d", "RUNS": "e",
        "PROGRAMMES": "f", "MODEL__NAME": "m", "MODEL__PRECISION": "float32", "MODEL__THREADS": "2",
        "ANSWER__MAX_CHARS": "100",
        "ANSWER__MAX_SENTENCES": "2", "ANSWER__THRESHOLD": "0.5", "ANSWER__DOUBTFUL": "0.6",
            "LIMITS__MAX_MB": "3",
        "LIMITS__MAX_PAGES": "4", "LIMITS__MAX_ROWS": "5", "LIMITS__SECONDS": "6",
        "LIMITS__RECOGNISE_SCANS": "false", "RANKING__DENSE": "0.1",
        "RANKING__WORDS": "0.3", "RANKING__BIGRAMS": "0.4", "RANKING__DOCUMENT": "0.7",
        "READER__MODEL": "r", "READER__PASSAGES": "9",
        "READER__WEIGHT": "0.9", "ANSWER__EVIDENCE": "7",
        "LLM__BASE_URL": "u", "LLM__MODEL": "l", "LLM__API_KEY": "secret", "LLM__TIMEOUT_S": "1.5",
        "LLM__RETRIES": "2", "STORE__URL": "", "STORE__RETENTION_DAYS": "30",
        "STAFF__SESSION_HOURS": "4", "STAFF__LOCK_AFTER": "3", "STAFF__LOCK_MINUTES": "20",
        "STAFF__TRIES_PER_MINUTE": "9", "STAFF__SECOND_FACTOR": "true",
        "SERVER__PROXIES": "10.0.0.1", "SERVER__ASKS_PER_MINUTE": "11", "SERVER__WAITING": "12",
        "SERVER__WAITING_EACH": "13", "SERVER__STREAMS": "14", "SERVER__CONNECTIONS": "15",
        "SERVER__MCP": "true", "SERVER__METRICS": "10.0.0.2", "SERVER__SHUTDOWN_S": "16",
        "SERVER__TOKEN_REQUIRED": "true", "LOG__FORM": "json", "LOG__LEVEL": "info",
        "WEB__HOSTS": "h.example", "WEB__FRAMES": "https://f.example",
    }  # fmt: skip
    assert {settings.PREFIX + name for name in values} == set(settings.names())
    for name, value in values.items():
        monkeypatch.setenv(settings.PREFIX + name, value)
    loaded = settings.load()
    assert loaded.model_dump(mode="json") == {
        "source": "a",
        "index": "b",
        "cache": "c",
        "data": "d",
        "runs": "e",
        "programmes": "f",
        "model": {"name": "m", "precision": "float32", "threads": 2},
        "ranking": {
            "dense": 0.1,
            "words": 0.3,
            "bigrams": 0.4,
            "document": 0.7,
        },
        "reader": {"model": "r", "passages": 9, "weight": 0.9},
        "answer": {
            "max_chars": 100,
            "max_sentences": 2,
            "evidence": 7,
            "threshold": 0.5,
            "doubtful": 0.6,
        },
        "llm": {
            "base_url": "u",
            "model": "l",
            "api_key": "**********",
            "timeout_s": 1.5,
            "retries": 2,
        },
        "limits": {
            "max_mb": 3,
            "max_pages": 4,
            "max_rows": 5,
            "seconds": 6.0,
            "recognise_scans": False,
        },
        "store": {"url": "", "retention_days": 30},
        "staff": {
            "session_hours": 4,
            "lock_after": 3,
            "lock_minutes": 20,
            "tries_per_minute": 9,
            "second_factor": True,
        },
        "server": {
            "proxies": "10.0.0.1",
            "asks_per_minute": 11,
            "waiting": 12,
            "waiting_each": 13,
            "streams": 14,
            "connections": 15,
            "mcp": True,
            "metrics": "10.0.0.2",
            "shutdown_s": 16,
            "token_required": True,
        },
        "log": {"form": "json", "level": "info"},
        "web": {"hosts": "h.example", "frames": "https://f.example"},
    }


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, text in settings.names().items() if not text] == []


@pytest.mark.parametrize(("wrong", "near"), [
    ("POLICYQA_INDEXX", "POLICYQA_INDEX"),
    ("POLICYQA_ANSWER__TRESHOLD", "POLICYQA_ANSWER__THRESHOLD"),
    ("policyqa_model__nam", "POLICYQA_MODEL__NAME"),
])  # fmt: skip
def test_a_name_that_is_unknown_is_refused_and_the_near_one_named(
    monkeypatch: pytest.MonkeyPatch, wrong: str, near: str
) -> None:
    monkeypatch.setenv(wrong, "1")
    with pytest.raises(SettingsError, match=f"{wrong}，是否想写 {near}$"):
        settings.load()


@pytest.mark.parametrize(("name", "value", "why"), [
    ("ANSWER__THRESHOLD", "1.01", "应不大于 1.0"),
    ("ANSWER__THRESHOLD", "-0.1", "应不小于 0.0"),
    ("ANSWER__THRESHOLD", "nan", "应为数"),
    ("ANSWER__MAX_CHARS", "39", "应不小于 40"),
    ("ANSWER__MAX_CHARS", "2001", "应不大于 2000"),
    ("ANSWER__MAX_SENTENCES", "0", "应不小于 1"),
    ("MODEL__THREADS", "0", "应不小于 1"),
    ("MODEL__PRECISION", "half", "不是可用的值"),
    ("ANSWER__MAX_SENTENCES", "many", "应为整数"),
])  # fmt: skip
def test_a_value_out_of_bounds_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, why: str
) -> None:
    monkeypatch.setenv(settings.PREFIX + name, value)
    with pytest.raises(SettingsError, match=f"设置 {settings.PREFIX}{name} 有误：{why}$"):
        settings.load()


@pytest.mark.parametrize(
    ("given", "model"), [("OFF", "off"), (" Small ", "small"), (" ", "small"), ("a/B", "a/B")]
)
def test_a_reader_that_is_built_in_is_known_in_any_case(
    monkeypatch: pytest.MonkeyPatch, given: str, model: str
) -> None:
    monkeypatch.setenv("POLICYQA_READER__MODEL", given)
    assert settings.load().reader.model == model


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        settings.load().answer.threshold = 1.0  # type: ignore[misc]


def test_an_endpoint_needs_the_name_of_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICYQA_LLM__BASE_URL", "http://127.0.0.1:1/v1")
    with pytest.raises(SettingsError, match="model"):
        settings.load()


def test_every_setting_is_listed_with_its_default_and_its_value(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("POLICYQA_SOURCE", "policies")
    monkeypatch.setenv("policyqa_answer__max_sentences", "2")
    found = {setting.name: setting for setting in settings.listed(settings.load())}
    assert {name: setting.meaning for name, setting in found.items()} == settings.names()
    assert found["POLICYQA_SOURCE"] == settings.Setting(
        name="POLICYQA_SOURCE",
        meaning="存放文件的文件夹",
        default="seeds",
        value="policies",
        from_environment=True,
    )
    sentences = found["POLICYQA_ANSWER__MAX_SENTENCES"]
    assert (sentences.default, sentences.value) == (12, 2)
    threshold = found["POLICYQA_ANSWER__THRESHOLD"]
    assert threshold.default == threshold.value == settings.load().answer.threshold
    changed = [name for name, setting in found.items() if setting.from_environment]
    assert changed == ["POLICYQA_SOURCE", "POLICYQA_ANSWER__MAX_SENTENCES"]


def test_of_a_secret_only_whether_it_is_set_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICYQA_LLM__API_KEY", "hush")
    listed = settings.listed(settings.load())
    found = {setting.name: setting for setting in listed}
    assert "hush" not in repr(listed)
    assert (found["POLICYQA_LLM__API_KEY"].default, found["POLICYQA_LLM__API_KEY"].value) == (
        "未设",
        "已设",
    )
    assert found["POLICYQA_STORE__URL"].value == "未设"


def test_an_empty_variable_sets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICYQA_MODEL__THREADS", "")
    assert settings.load().model.threads is None


def test_an_address_is_shown_without_who_asks() -> None:
    given = settings.Settings(
        llm=settings.LanguageModelSettings(base_url="http://u:pw123@127.0.0.1:1/v1", model="m")
    )
    shown = {each.name: each.value for each in settings.listed(given)}
    assert shown["POLICYQA_LLM__BASE_URL"] == "http://…@127.0.0.1:1/v1"


@pytest.mark.parametrize("proxies", ["*", "proxy.example", "10.0.0.1,x"])
def test_a_proxy_that_is_no_address_is_said_in_chinese(
    monkeypatch: pytest.MonkeyPatch, proxies: str
) -> None:
    monkeypatch.setenv(settings.PREFIX + "SERVER__PROXIES", proxies)
    with pytest.raises(SettingsError, match=r"SERVER__PROXIES 有误：\S+ 不是地址，也不是网段$"):
        settings.load()
