"""The one place that reads the environment (`POLICYQA_…`, nested by `__`)."""

import difflib
import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from policyqa.qa.errors import SettingsError, meaning

PREFIX = "POLICYQA_"
HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
ORIGIN = re.compile(rf"https?://(?:{HOST.pattern})(?::\d{{1,5}})?", re.ASCII)
CREDENTIALS = re.compile(r"^(\w+://)[^/@]+@")  # of an address that names who asks


class ModelSettings(BaseModel):
    """Which sentence-transformers model embeds, and how."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(default="e5-small", description="内置模型 e5-small，或其他模型的名称或文件夹")
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        default="auto", description="计算精度；auto 在处理器支持时用 bfloat16"
    )
    threads: int | None = Field(
        default=None,
        ge=1,
        le=256,
        description="计算线程数；空为建索引由库决定，阅读用一个",
    )


class RankingSettings(BaseModel):
    """How much each signal of the ranking counts (z-scores, summed), as `eval.train.fusion` tells
    for the default model; with another one words may count for more."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dense: float = Field(default=1.0, ge=0, le=10, description="权重：段落与问题的向量相似度")
    words: float = Field(default=0.15, ge=0, le=10, description="权重：词语 BM25")
    bigrams: float = Field(default=0.15, ge=0, le=10, description="权重：二字组 BM25")
    document: float = Field(default=0.08, ge=0, le=10, description="权重：整份文件的二字组 BM25")


class ReaderSettings(BaseModel):
    """The second stage, which reads the best passages together with the question."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = Field(
        default="small",
        description="阅读模型：small 内置的，off 不用，或一个 CrossEncoder 重排模型的名称或文件夹，"
        "或与内置的同样结构的文件夹",
    )
    passages: int = Field(default=8, ge=1, le=16, description="阅读模型读最靠前的几个段落")
    weight: float = Field(default=0.3, ge=0, le=10, description="阅读模型的分数在排序里的权重")

    @field_validator("model")
    @classmethod
    def _known_by_any_case(cls, name: str) -> str:
        plain = name.strip()
        return plain.lower() if plain.lower() in ("off", "small") else plain or "small"


class AnswerSettings(BaseModel):
    """How long an answer may be and how sure it must be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_chars: int = Field(default=600, ge=40, le=2000, description="答案的目标长度上限(字)")
    max_sentences: int = Field(default=12, ge=1, le=30, description="答案最多引用几句")
    evidence: int = Field(default=8, ge=1, le=20, description="交给语言模型几条证据")
    threshold: float = Field(
        default=0.125, ge=0.0, le=1.0, description="低于此把握就不作答(0 总是作答,1 从不作答)"
    )
    doubtful: float = Field(
        default=0.4, ge=0.0, le=1.0, description="低于此把握的回答写明未必正是所问(0 从不写)"
    )


class LanguageModelSettings(BaseModel):
    """An OpenAI-compatible endpoint that puts evidence into words; none by default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_url: str = Field(
        default="", description="语言模型接口的地址（OpenAI 兼容），空为不用语言模型"
    )
    model: str = Field(default="", description="语言模型的名称")
    api_key: SecretStr = Field(default=SecretStr(""), description="语言模型接口的密钥")
    timeout_s: float = Field(
        default=20, gt=0, le=600, description="语言模型最多用几秒，超时用原文摘引的答案"
    )
    retries: int = Field(default=1, ge=0, le=5, description="连不上语言模型时再试几次")

    @model_validator(mode="after")
    def _named(self) -> "LanguageModelSettings":
        if self.base_url and not self.model:
            raise ValueError("给了 base_url 就要给 model")
        return self


class StoreSettings(BaseModel):
    """Where what readers ask and think is kept, and how long."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: SecretStr = Field(
        default=SecretStr(""),
        description="数据库地址，如 postgresql+psycopg://…；空为数据文件夹里的 SQLite",
    )
    retention_days: int = Field(default=180, ge=1, le=3650, description="问答和评价保存几天")


class StaffSettings(BaseModel):
    """How long the office's people stay logged in, what they prove, and when one is kept out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    session_hours: int = Field(default=8, ge=1, le=72, description="工作人员登录一次管几小时")
    lock_after: int = Field(
        default=5, ge=1, le=50, description="同一地址对同一账号连续输错几次后暂时锁定"
    )
    lock_minutes: int = Field(default=15, ge=1, le=1440, description="锁定几分钟")
    tries_per_minute: int = Field(
        default=30, ge=1, le=10_000, description="一个地址一分钟最多试几次登录"
    )
    second_factor: bool = Field(
        default=False, description="是否要求每个工作人员设两步验证（手机验证码）"
    )


class ServerSettings(BaseModel):
    """What one client may ask of the service, and all together."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    proxies: str = Field(
        default="",
        max_length=2000,
        description="反向代理的地址或网段，逗号分开；空为不信任何请求自称的地址（X-Forwarded-For）",
    )
    asks_per_minute: int = Field(
        default=60, ge=1, le=100_000, description="一个地址一分钟最多问几次（网页和接口一起算）"
    )
    waiting: int = Field(default=64, ge=1, le=10_000, description="最多几个问题排队")
    waiting_each: int = Field(default=16, ge=1, le=10_000, description="一个地址最多几个问题排队")
    token_required: bool = Field(
        default=False, description="接口（含 /v1、/mcp）是否一定要令牌（policyqa tokens add）"
    )
    streams: int = Field(
        default=200, ge=1, le=100_000, description="一个地址最多同时开几个页面（长连接）"
    )
    connections: int = Field(
        default=400, ge=1, le=100_000, description="一个地址最多同时有几个连接（代理不限）"
    )

    mcp: bool = Field(
        default=False, description="是否在 /mcp 提供 MCP（给程序调用的工具，须装 policyqa[mcp]）"
    )
    metrics: str = Field(
        default="127.0.0.1,::1",
        max_length=2000,
        description="哪些地址或网段可以读 /metrics，逗号分开，默认只有本机；空为都不可以",
    )
    shutdown_s: int = Field(
        default=30, ge=1, le=600, description="停止时最多等几秒，让正在答的（含流式的）答完"
    )

    @field_validator("proxies", "metrics")
    @classmethod
    def _addresses(cls, proxies: str) -> str:
        for each in filter(None, proxies.split(",")):
            try:
                ip_network(each.strip(), strict=False)
            except ValueError as error:
                raise ValueError(f"{each.strip()[:50]} 不是地址，也不是网段") from error
        return proxies


class WebSettings(BaseModel):
    """Under which names the service is asked, and where its page may be shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hosts: str = Field(
        default="",
        max_length=2000,
        description="网站的域名，几个用逗号隔开，别的一律拒绝；空为不限",
    )
    frames: str = Field(
        default="",
        max_length=2000,
        description="哪些网站可以嵌入问答（如 https://www.example.gov.cn），几个用逗号隔开；空为不许",
    )

    @field_validator("hosts")
    @classmethod
    def _plain_names(cls, hosts: str) -> str:
        for name in hosts.split(","):
            if hosts and not HOST.fullmatch(name.strip()):
                raise ValueError(f"“{name.strip()[:60]}”不是域名；不写 https:// 和端口")
        return hosts

    @field_validator("frames")
    @classmethod
    def _plain_origins(cls, frames: str) -> str:
        for origin in frames.split(","):
            if frames and not ORIGIN.fullmatch(origin.strip()):
                raise ValueError(f"“{origin.strip()[:60]}”不是网站；写到域名为止，如 https://a.cn")
        return frames

    @property
    def origins(self) -> tuple[str, ...]:
        """Each that may show the page in a frame."""
        return tuple(origin.strip() for origin in self.frames.split(",") if origin.strip())

    @property
    def names(self) -> frozenset[str]:
        """Each by itself, in lower case."""
        return frozenset(name.strip().lower() for name in self.hosts.split(",") if name.strip())


class LogSettings(BaseModel):
    """What the service writes to standard error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: Literal["text", "json"] = Field(
        default="text", description="服务的日志：text 给人看，json 一行一个对象"
    )
    level: Literal["info", "warning", "error"] = Field(
        default="warning", description="记到哪一级；info 每个请求、每个问题一行，都没有问题的文字"
    )


class LimitSettings(BaseModel):
    """Bounds on one file that is read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_mb: int = Field(default=50, ge=1, le=1000, description="一个文件的大小上限（MB）")
    max_pages: int = Field(default=500, ge=1, le=10_000, description="一个 PDF 的页数上限")
    max_rows: int = Field(
        default=50_000, ge=1, le=1_000_000, description="一个表格或文本文件的行数上限"
    )
    recognise_scans: bool = Field(
        default=True, description="装了 policyqa[ocr] 时是否识别扫描页（每页几秒）"
    )
    seconds: float = Field(default=180, ge=1, le=3600, description="解析一个文件的时间上限（秒）")


class Settings(BaseSettings):
    """Every setting, with bounds. Frozen: pass it in, never change it."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_ignore_empty=True,  # "" is what it means in their descriptions: nothing set
        frozen=True,
        extra="forbid",
    )

    source: Path = Field(default=Path("seeds"), description="存放文件的文件夹")
    index: Path = Field(default=Path(".policyqa/index"), description="索引文件夹")
    cache: Path = Field(
        default_factory=lambda: user_cache_path("policyqa"), description="模型与评测索引的缓存"
    )
    data: Path = Field(default=Path(".policyqa/data"), description="存放问答和评价的文件夹")
    runs: Path = Field(default=Path(".policyqa/runs"), description="存放各次评测的文件夹")
    programmes: Path | None = Field(
        default=None, description="政策与服务登记册的文件夹；空为存放文件的文件夹里的 register"
    )
    model: ModelSettings = ModelSettings()
    ranking: RankingSettings = RankingSettings()
    reader: ReaderSettings = ReaderSettings()
    answer: AnswerSettings = AnswerSettings()
    llm: LanguageModelSettings = LanguageModelSettings()
    limits: LimitSettings = LimitSettings()
    store: StoreSettings = StoreSettings()
    staff: StaffSettings = StaffSettings()
    server: ServerSettings = ServerSettings()
    web: WebSettings = WebSettings()
    log: LogSettings = LogSettings()


class Setting(BaseModel):
    """One setting as a person sees it; of a secret only whether it is set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    meaning: str
    default: str | int | float | bool | None
    value: str | int | float | bool | None
    from_environment: bool


def names() -> dict[str, str]:
    """Every environment variable that is read, with its description."""
    return {_variable(path): field.description or "" for path, field in _fields()}


def listed(settings: Settings) -> tuple[Setting, ...]:
    """Every setting with its meaning, its default, and its value in these settings."""
    given = {name.upper() for name in os.environ}
    return tuple(
        Setting(
            name=_variable(path),
            meaning=field.description or "",
            default=_shown(field.get_default(call_default_factory=True)),
            value=_shown(_at(settings, path)),
            from_environment=_variable(path) in given,
        )
        for path, field in _fields()
    )


def _fields() -> Iterator[tuple[tuple[str, ...], FieldInfo]]:
    """Every setting by the names that lead to it."""
    for name, field in Settings.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            for inner, leaf in kind.model_fields.items():
                yield (name, inner), leaf
        else:
            yield (name,), field


def _variable(path: tuple[str, ...]) -> str:
    return (PREFIX + "__".join(path)).upper()


def _at(settings: BaseModel, path: tuple[str, ...]) -> object:
    found: object = settings
    for name in path:
        found = getattr(found, name)
    return found


def _shown(value: object) -> str | int | float | bool | None:
    if isinstance(value, SecretStr):
        return "已设" if value.get_secret_value() else "未设"
    if value is None or isinstance(value, bool | int | float):
        return value
    return CREDENTIALS.sub(r"\1…@", str(value))


@cache
def load() -> Settings:
    """Settings of this process.

    Raises:
        SettingsError: a variable has an unknown name or a value out of bounds.
    """
    known = names()
    for name in os.environ:
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            near = difflib.get_close_matches(name.upper(), known, n=1)
            hint = f"，是否想写 {near[0]}" if near else ""
            raise SettingsError(f"不认识的设置 {name}{hint}")
    try:
        return Settings()
    except ValidationError as error:
        raise _fault(error, PREFIX, "__") from error


def changed(settings: Settings, changes: Mapping[str, object]) -> Settings:
    """The settings with some of them changed.

    Args:
        settings: the rest is theirs.
        changes: by name in lower case, parts parted by a dot (`answer.threshold`).

    Raises:
        SettingsError: there is no setting of this name, or its value is out of bounds.
    """
    values = settings.model_dump()
    known = {name.removeprefix(PREFIX).lower().replace("__", ".") for name in names()}
    for name, value in changes.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise SettingsError(f"不认识的设置 {name}" + (f"，是否想写 {near[0]}" if near else ""))
        group, _, leaf = name.rpartition(".")
        (values[group] if group else values)[leaf] = value
    try:
        return Settings(**values)
    except ValidationError as error:
        raise _fault(error, "", ".") from error


def _fault(error: ValidationError, prefix: str, joint: str) -> SettingsError:
    first = error.errors()[0]
    name = joint.join(str(part) for part in first["loc"])
    shown = prefix + (name.upper() if prefix else name)
    return SettingsError(f"设置 {shown} 有误：{meaning(first)}")
