"""The `serve` command; loaded through the entry point group `policyqa.commands`."""

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add `serve` to the command line."""

    @app.command()
    def serve(
        host: Annotated[str, typer.Option(help="监听的地址。")] = "127.0.0.1",
        port: Annotated[int, typer.Option(min=0, max=65535, help="端口，0 为任选。")] = 7860,
        index: Annotated[Path | None, typer.Option(help="索引所在的文件夹。")] = None,
    ) -> None:
        """打开网页问答与 HTTP 接口。"""
        from qa import settings
        from qa.wiring import open_live
        from ui import server

        listener = server.listen(host, port)
        assistant = open_live(index)
        server.serve(assistant, listener, feedback_path=settings.load().feedback)
