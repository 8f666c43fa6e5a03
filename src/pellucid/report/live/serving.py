"""A small server on this machine alone: it answers on the loopback address, to who has the address with its secret.

What a page of another site could do by a trick is refused: a request must name this server as its host, know the
secret, and come from this server's own page. The page may load nothing from anywhere.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["Server"]

Answer = Callable[[Mapping[str, Any]], Any]


class Server:
    """Pages by name ("" is the first), and answers to JSON; `with` it, requests are served in the background.

    An answer that raises ValueError is told to the page in its words. Answers are given one at a time.
    """

    largest = 2**16
    """Bytes of a question."""

    def __init__(self, pages: Mapping[str, bytes], answers: Mapping[str, Answer], port: int = 0) -> None:
        self.pages, self.answers = dict(pages), dict(answers)
        self.secret, self.turn = secrets.token_urlsafe(16), threading.Lock()
        try:
            self.http = _Http(port, self)
        except OSError as error:
            raise ValueError(f"port={port} cannot be used ({error.strerror}); choose another, or 0 for any") from None

    @property
    def address(self) -> str:
        """With the secret."""
        return f"http://127.0.0.1:{self.http.server_port}/{self.secret}/"

    def __enter__(self) -> Server:
        threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *given: object) -> None:
        self.http.shutdown()
        self.http.server_close()

    def page(self, host: str, path: str) -> tuple[int, str, bytes]:
        """Status, type and content."""
        name = self._name(host, path)
        if name is None:
            return _told(403, "this address is not known; open the one that the command printed")
        if name not in self.pages:
            return _told(404, f"there is no page {name!r}")
        return 200, "text/html; charset=utf-8", self.pages[name]

    def answer(self, host: str, path: str, origin: str | None, body: bytes) -> tuple[int, str, bytes]:
        """Status, type and content of what is asked as JSON."""
        name = self._name(host, path)
        if name is None or origin not in (None, f"http://{host}"):
            return _told(403, "this address is not known; open the one that the command printed")
        if name not in self.answers:
            return _told(404, f"nothing is known of {name!r}")
        try:
            given = json.loads(body)
            if not isinstance(given, dict):
                raise ValueError("give a JSON object")
            with self.turn:
                found = self.answers[name](given)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            return _told(400, f"{error}" if isinstance(error, ValueError) else f"{type(error).__name__}: {error}")
        return 200, "application/json", json.dumps(found).encode()

    def _name(self, host: str, path: str) -> str | None:
        """What is asked for; None for a stranger."""
        known = {f"127.0.0.1:{self.http.server_port}", f"localhost:{self.http.server_port}"}
        start, _, name = path.partition("?")[0].removeprefix("/").partition("/")
        same = secrets.compare_digest(start.encode(errors="replace"), self.secret.encode())
        return name if same and host in known else None


class _Http(ThreadingHTTPServer):
    """On the loopback address; knows whose questions it takes."""

    daemon_threads = True

    def __init__(self, port: int, owner: Server) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    timeout = 60
    server: _Http  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        self._send(*self.server.owner.page(self.headers.get("Host", ""), self.path))

    def do_POST(self) -> None:
        length, owner = self.headers.get("Content-Length", ""), self.server.owner
        kind = self.headers.get("Content-Type", "").partition(";")[0]
        if not length.isdecimal() or int(length) > owner.largest:
            self._send(*_told(413, f"a question has at most {owner.largest:,} bytes"))
        elif kind != "application/json":
            self._send(*_told(415, "questions are application/json"))
        else:
            host, origin = self.headers.get("Host", ""), self.headers.get("Origin")
            self._send(*owner.answer(host, self.path, origin, self.rfile.read(int(length))))

    def _send(self, status: int, kind: str, content: bytes) -> None:
        self.send_response(status)
        inline = "script-src 'unsafe-inline'; style-src 'unsafe-inline'"
        headers = {
            "Content-Type": kind, "Content-Length": str(len(content)), "Cache-Control": "no-store",
            "Content-Security-Policy": f"default-src 'none'; {inline}; connect-src 'self'; img-src data:",
            "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
        }  # fmt: skip
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *given: Any) -> None:
        return None


def _told(status: int, message: str) -> tuple[int, str, bytes]:
    return status, "application/json", json.dumps({"error": message}).encode()
