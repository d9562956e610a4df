"""The script by which another page shows the chat, where it is allowed to."""

from collections.abc import Collection
from importlib.resources import files

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response

NO_FRAMES = "没有设哪些网站可以嵌入（POLICYQA_WEB__FRAMES）。"
HEADERS = {"cache-control": "max-age=3600", "cross-origin-resource-policy": "cross-origin"}


def build_widget(frames: Collection[str]) -> APIRouter:
    """`GET /widget.js`: where no other origin may show the page, it puts no button there that opens
    nothing."""
    router = APIRouter()

    @router.get("/widget.js")
    def widget() -> Response:
        if not frames:
            return PlainTextResponse(NO_FRAMES, 404)
        script = files(__package__).joinpath("widget.js").read_text(encoding="utf-8")
        return Response(script, media_type="text/javascript", headers=HEADERS)

    return router
