"""What is asked under `/v1`: the part of OpenAI's parameters that means something here.

What we cannot do (two choices, JSON, audio, a kept conversation) is refused; what OpenAI knows and
has no effect here is taken; what OpenAI does not know is refused, as it does.
"""

import json
from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, ValidationError
from starlette.requests import ClientDisconnect, Request

from policyqa.qa.errors import meaning
from policyqa.qa.types import (
    MAX_HISTORY_TURNS,
    MAX_NAME_CHARS,
    MAX_TYPED_CHARS,
    Question,
    Text,
    Turn,
    writable,
)
from policyqa.ui.errors import RequestError

TEXTS = ("text", "input_text", "output_text")
NO_OBJECT = "请求须是一个 JSON 对象。"
NO_QUESTION = "没有用户的消息。"
ONLY_TEXT = "这里只收文字。"
_CODES = {
    "missing": "missing_required_parameter",
    "literal_error": "unsupported_value",
    "none_required": "unsupported_parameter",
}


def _parts(content: object) -> object:
    if content is None:
        return []
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _items(sent: object) -> object:
    return [{"role": "user", "content": sent}] if isinstance(sent, str) else sent


class Part(BaseModel):
    """A piece of a message; what is no text has a type of its own."""

    type: str
    text: Text = ""


class Item(BaseModel):
    """A message, or (without a role) something else that a conversation holds."""

    role: Literal["user", "assistant", "system", "developer", "tool", "function"] | None = None
    content: Annotated[list[Part], BeforeValidator(_parts)] = []

    @property
    def text(self) -> str:
        """Its words."""
        return "\n".join(part.text for part in self.content if part.type in TEXTS)


class Message(Item):
    """A message of a chat."""

    role: Literal["user", "assistant", "system", "developer", "tool", "function"]


class Format(BaseModel):
    """How the answer is to be written; other than as text it is not."""

    type: Literal["text"]


class TextOptions(BaseModel):
    """See `Format`."""

    format: Format | None = None


class StreamOptions(BaseModel):
    """Whether a stream ends with its usage."""

    include_usage: StrictBool | None = None


class Asked(BaseModel):
    """What both addresses take."""

    model_config = ConfigDict(extra="allow", frozen=True)

    model: str
    stream: StrictBool | None = None
    stream_options: StreamOptions | None = None
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, ge=0, le=1)
    tool_choice: Literal["auto", "none"] | None = None


class ChatAsked(Asked):
    """The body of `POST /v1/chat/completions`."""

    messages: list[Message] = Field(min_length=1)
    n: Literal[1] | None = None
    response_format: Format | None = None
    modalities: list[Literal["text"]] | None = None
    audio: None = None
    logprobs: Literal[False] | None = None
    function_call: Literal["auto", "none"] | None = None


class ResponseAsked(Asked):
    """The body of `POST /v1/responses`."""

    input: Annotated[list[Item], BeforeValidator(_items)] = Field(min_length=1)
    text: TextOptions | None = None
    background: Literal[False] | None = None
    previous_response_id: None = None
    conversation: None = None
    prompt: None = None


A = TypeVar("A", bound=Asked)


async def read(request: Request, kind: type[A]) -> A:
    """What a request asks.

    Raises:
        RequestError: it is not readable, a parameter is missing, unknown, or has a value that
            is not taken.
    """
    try:
        sent = json.loads(await request.body())
        asked = kind.model_validate(sent)
    except ValidationError as error:
        raise _at_fault(error) from error
    except (ValueError, RecursionError, ClientDisconnect) as error:
        raise RequestError(NO_OBJECT) from error
    for name in asked.model_extra or {}:
        if name not in known(kind):
            raise RequestError(f"不认识的参数 {_shown(name)}。", _shown(name), "unknown_parameter")
    return asked


@cache
def known(kind: type[Asked]) -> frozenset[str]:
    """The parameters that OpenAI's own package names."""
    if kind is ChatAsked:
        from openai.types.chat.completion_create_params import CompletionCreateParamsBase

        return frozenset(CompletionCreateParamsBase.__annotations__)
    from openai.types.responses.response_create_params import ResponseCreateParamsBase

    return frozenset(ResponseCreateParamsBase.__annotations__)


def question_of(items: Sequence[Item], param: str) -> Question:
    """The last message of a user, after what he and the assistant said before it; what others
    say in a conversation (system, tools) is nothing that is asked, and is left out.

    Raises:
        RequestError: there is none, or it is more than text.
    """
    last = max((n for n, item in enumerate(items) if item.role == "user"), default=None)
    if last is None:
        raise RequestError(NO_QUESTION, param)
    if any(part.type not in TEXTS for part in items[last].content):
        raise RequestError(ONLY_TEXT, f"{param}[{last}].content", "unsupported_value")
    history = [
        Turn(role=item.role, content=item.text[:MAX_TYPED_CHARS])
        for item in items[:last]
        if item.role in ("user", "assistant") and item.text
    ]
    return Question(
        question=items[last].text[:MAX_TYPED_CHARS], history=tuple(history[-MAX_HISTORY_TURNS:])
    )


def _at_fault(error: ValidationError) -> RequestError:
    """The first fault in one line, with the parameter as OpenAI writes it: `messages[0].role`."""
    fault = error.errors()[0]
    param = "".join(
        f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault["loc"]
    ).removeprefix(".")
    if not param:
        return RequestError(NO_OBJECT)
    words = "这里没有这项功能" if fault["type"] == "none_required" else meaning(fault)
    return RequestError(
        f"参数 {_shown(param)} 有误：{words}。", _shown(param), _CODES.get(fault["type"])
    )


def _shown(name: Any) -> str:
    return str(writable(str(name)))[:MAX_NAME_CHARS]
