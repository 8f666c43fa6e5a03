"""Asking a language model behind an OpenAI-compatible address; nothing is sent unless a model is named."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

Turn = dict[str, str]


class ChatError(Exception):
    """The model gave no answer; says why in one line."""


class _NoRedirects(HTTPRedirectHandler):
    """A key is sent to the address that was named, and to no other."""

    def redirect_request(self, *given: object) -> None:
        return None


@dataclass(frozen=True)
class Chat:
    """A model by name at an address that ends before `/chat/completions`.

    The key is read from the environment (`OPENAI_API_KEY`), and written nowhere. Raises ValueError for an address that
    is none.
    """

    model: str
    base_url: str
    timeout: float = 300.0
    """Seconds for one answer."""
    tries: int = 3
    """How often an answer is asked for where the server is busy (429, 5xx)."""
    pause: float = 1.0
    """Seconds before the second try; twice as many before each further one."""

    def __post_init__(self) -> None:
        if not self.base_url.startswith(("http://", "https://")):
            raise ValueError(f"base_url={self.base_url!r} is no address; give http://... or https://...")

    def answer(self, turns: Sequence[Turn]) -> str:
        """The text of one answer to a conversation. Raises ChatError."""
        for number in range(self.tries):
            try:
                return self._once(turns)
            except HTTPError as error:
                said = error.read(500).decode(errors="replace")
                reason = " ".join(f"HTTP {error.code} {error.reason}: {said}".split())[:200]
                if number + 1 == self.tries or (error.code != 429 and error.code < 500):
                    raise ChatError(f"{self.base_url}: {reason}") from None
                time.sleep(self.pause * 2**number)
            except (OSError, HTTPException, ValueError) as error:
                raise ChatError(f"{self.base_url}: {error}") from None
        raise ChatError(f"{self.base_url}: tries={self.tries} is none")

    def _once(self, turns: Sequence[Turn]) -> str:
        headers = {"Content-Type": "application/json"}
        if key := os.environ.get("OPENAI_API_KEY"):
            headers["Authorization"] = f"Bearer {key}"
        body = json.dumps({"model": self.model, "messages": list(turns), "temperature": 0}).encode()
        request = Request(f"{self.base_url.rstrip('/')}/chat/completions", body, headers)
        with build_opener(_NoRedirects).open(request, timeout=self.timeout) as reply:
            data = json.loads(reply.read())
        try:
            return str(data["choices"][0]["message"]["content"])
        except (KeyError, IndexError, TypeError):
            raise ChatError(f"{self.base_url}: an answer without choices[0].message.content") from None
