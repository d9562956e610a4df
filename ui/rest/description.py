"""The description of `/api/v1` as OpenAPI, in Chinese and in English, out of the routes themselves
and the words in `words.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from starlette.requests import Request

from policyqa.ui.rest.problems import MEDIA_TYPE, TITLES, Problem

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
VERSION = "1.0"
PLACE = "/openapi.json"
REF = "#/components/schemas/{}"
# What any address may answer beside what it is for; none has another.
REFUSALS = (400, 401, 403, 404, 411, 413, 421, 422, 429, 500, 503)
METHODS = ("get", "post")
STREAMED = "/ask"

Words = Mapping[str, Any]


def described(app: FastAPI, *, needs_token: bool) -> None:
    """Serve the description at `PLACE`: in English with `?lang=en`, or where a browser or program
    asks for English before Chinese."""

    @app.get(PLACE, include_in_schema=False)
    def openapi(request: Request, lang: str = "") -> JSONResponse:
        asked = lang or request.headers.get("accept-language", "")
        language: Language = "en" if asked.lower().startswith("en") else "zh"
        prefix = request.scope.get("root_path", "")
        return JSONResponse(description(app, language, prefix, needs_token=needs_token))


def description(
    app: FastAPI, language: Language, prefix: str = "", *, needs_token: bool = False
) -> dict[str, Any]:
    """The description in a language.

    Args:
        app: whose routes are described.
        language: of all words.
        prefix: the path that it is mounted at.
        needs_token: whether nobody is let in without a token.
    """
    words = _words()
    said = get_openapi(title="policyqa", version=VERSION, routes=app.routes)
    at = LANGUAGES.index(language)
    own = {name: texts[at] for name, texts in words["api"].items()}
    said["info"] |= {"title": own["title"], "description": own["description"]}
    said["servers"] = [{"url": prefix or "/"}]
    said["security"] = [{"token": []}] if needs_token else [{"token": []}, {}]
    schemas = said["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem = Problem.model_json_schema(ref_template=REF.format("{model}"), mode="serialization")
    schemas |= problem.pop("$defs", {}) | {"Problem": problem}
    for name, schema in schemas.items():
        _describe(schema, {**words["fields"], **words["types"].get(name, {})}, at)
    said["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": own["token"]}
    }
    for path, item in said["paths"].items():
        for method in METHODS:
            if method in item:
                _operation(item[method], words["operations"][f"{method} {path}"], own, at)
    streamed = said["paths"][STREAMED]["post"]["responses"]["200"]["content"]
    streamed["text/event-stream"] = {"schema": {"type": "string"}}
    return said


def _operation(said: dict[str, Any], words: Words, own: Mapping[str, str], at: int) -> None:
    """Put words on an operation, and everything that it may answer."""
    said["operationId"], said["summary"] = words["id"], words["summary"][at]
    if "more" in words:
        said["description"] = words["more"][at]
    for each in said.get("parameters", ()):
        each["description"] = words[each["name"]][at]
        _without_titles(each["schema"])
    responses = {code: kept for code, kept in said["responses"].items() if code[0] == "2"}
    for kept in responses.values():
        kept["description"] = own["done"]
    for code in REFUSALS:
        refusal = {"schema": {"$ref": REF.format("Problem")}}
        title = TITLES[code] if at == 0 else own[f"e{code}"]
        responses[str(code)] = {"description": title, "content": {MEDIA_TYPE: refusal}}
        if code in (429, 503):
            seconds = {"description": own["retry"], "schema": {"type": "integer"}}
            responses[str(code)]["headers"] = {"Retry-After": seconds}
    said["responses"] = responses


def _describe(schema: dict[str, Any], words: Words, at: int) -> None:
    """Words of ours in place of those of the code, which are for programmers of this program."""
    schema.pop("description", None)
    _without_titles(schema)
    if "what" in words:
        schema["description"] = words["what"][at]
    for name, field in schema.get("properties", {}).items():
        field.pop("description", None)
        if name in words:
            field["description"] = words[name][at]


def _without_titles(schema: Any) -> None:
    """Titles that only repeat a field's name; a field that is named `title` stays."""
    if isinstance(schema, dict):
        if isinstance(schema.get("title"), str):
            del schema["title"]
        for each in schema.values():
            _without_titles(each)
    elif isinstance(schema, list):
        for each in schema:
            _without_titles(each)


@cache
def _words() -> Words:
    text = files(__package__).joinpath("words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
