"""What went wrong, as problem details (RFC 9457): the same shape for every refusal."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from policyqa.index.errors import PolicyQAError
from policyqa.index.types import Value
from policyqa.qa.errors import EffortError, PermalinkError, QuestionError, ReceiptError, meaning
from policyqa.ui.errors import StoreError, TryLater

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "请求有误",
    401: "需要令牌",
    403: "令牌没有这项权限",
    404: "没有找到",
    405: "不收这种请求",
    411: "没有注明长度",
    413: "请求过大",
    421: "主机名不对",
    422: "字段有误",
    429: "请求太多",
    500: "系统出错",
    503: "暂时不能服务",
}
STATUS: dict[type[Exception], int] = {
    QuestionError: 400, PermalinkError: 400, ReceiptError: 400, EffortError: 400, StoreError: 503,
}  # fmt: skip
UNKNOWN = "系统出错，请稍后再试；一直这样，请找管理员。"
NO_DATABASE = "数据库暂时连不上，请稍后再试。"
NO_ADDRESS = "没有这个地址。"
NOT_SO = "这个地址不收这种请求。"
WHERE = ("body", "query", "path", "header")
MAX_FIELDS = 20


class FieldFault(Value):
    """A field of the request, and what is wrong with it."""

    field: str
    detail: str


class Problem(Value):
    """Problem details as RFC 9457 has them, with the fields at fault as an extension."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: tuple[FieldFault, ...] = Field(default=())


def problem(
    status: int,
    detail: str,
    errors: tuple[FieldFault, ...] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """A reply that says what went wrong."""
    title = TITLES.get(status, TITLES[400])
    said = Problem(title=title, status=status, detail=detail, errors=errors)
    body = said.model_dump(mode="json")
    return JSONResponse(body, status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


async def of_request(request: Request, error: Exception) -> Response:
    """Where a request has not the fields that it should have."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    faults = tuple(map(_fault, found[:MAX_FIELDS]))
    first = f"{faults[0].field}：{faults[0].detail}。" if faults else "请求有误。"
    return problem(422, first, faults)


async def of_refusal(request: Request, error: Exception) -> Response:
    """Where a route, or the framework, refuses."""
    if not isinstance(error, HTTPException):
        return await of_anything(request, error)
    own = not error.detail.isascii()  # else a library's words
    words = error.detail if own else NO_ADDRESS if error.status_code == 404 else NOT_SO
    return problem(error.status_code, words, headers=error.headers)


async def of_ours(request: Request, error: Exception) -> Response:
    """Where the product itself says what is wrong."""
    if isinstance(error, TryLater):
        return problem(error.status, str(error), headers=error.headers)
    status = STATUS.get(type(error), 500)
    return problem(status, NO_DATABASE if isinstance(error, StoreError) else str(error))


async def of_anything(request: Request, error: Exception) -> Response:
    """Where something went wrong that nobody thought of."""
    return problem(500, UNKNOWN)


HANDLERS = {
    RequestValidationError: of_request,
    HTTPException: of_refusal,
    PolicyQAError: of_ours,
    Exception: of_anything,
}


def _fault(found: Any) -> FieldFault:
    place = [str(part) for part in found["loc"] if part not in WHERE]
    no_object = found["type"] == "json_invalid" or (not place and found["type"] != "value_error")
    detail = "应为一个 JSON 对象" if no_object else meaning(found)[:200]
    return FieldFault(field="body" if no_object else ".".join(place)[:200] or "body", detail=detail)
