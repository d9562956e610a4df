"""A small OpenAI-compatible server that does as it is told: answers well, or in one of the ways in
which a language model goes wrong."""

import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

STALL_S = 30.0


class ModelServer(ThreadingHTTPServer):
    """Streams `text` in pieces. `behaviour` says what goes wrong: `stall` before or after the first
    piece, `cut` off the connection, `malformed` lines, an `error` status, or nothing (`plain`).
    `requests` are the bodies that came."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.text = ""
        self.behaviour = "plain"
        self.requests: list[dict[str, Any]] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that did not wait for the end is no error, and later tests watch stderr."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    @property
    def base_url(self) -> str:
        """Where clients find it."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: ModelServer

    def do_POST(self) -> None:
        size = int(self.headers.get("content-length", 0))
        self.server.requests.append(json.loads(self.rfile.read(size)))
        behaviour = self.server.behaviour
        if behaviour == "error":
            self.send_error(500)
            return
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        if behaviour == "stall":
            time.sleep(STALL_S)
        for n, piece in enumerate(_pieces(self.server.text)):
            if behaviour == "malformed":
                self._send("data: {not json")
            elif behaviour == "cut" and n == 2:
                self.wfile.flush()
                self.connection.close()
                return
            elif behaviour == "drip":
                time.sleep(0.3)
            self._send("data: " + json.dumps(_chunk(piece)))
        self._send("data: [DONE]")

    def _send(self, line: str) -> None:
        self.wfile.write(f"{line}\n\n".encode())
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _pieces(text: str) -> Iterator[str]:
    for at in range(0, len(text), 5):
        yield text[at : at + 5]


def _chunk(piece: str) -> dict[str, Any]:
    return {
        "id": "c",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "told",
        "choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}],
    }


@contextmanager
def running() -> Iterator[ModelServer]:
    """A server in a thread of its own."""
    server = ModelServer()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
