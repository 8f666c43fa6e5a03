"""The job `serve`: a folder's features and its model behind a server on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...look.steering.live_features import LiveFeatures
from ...report.live.page import live_html
from ...report.live.serving import Server
from ...subjects.models.language_model import LanguageModel
from .steer import Place

__all__ = ["live_server"]

PAGES = ("features.html", "report.html")
"""What is handed out of a folder, and nothing else."""


def live_server(model: LanguageModel, place: Place, folder: Path, *, layer: str | None = None, port: int = 0) -> Server:
    """A server that is not started yet. Raises ValueError for a port in use, and a dictionary of several places."""
    path = place.at(model, layer)
    live = LiveFeatures(model, place.dictionary, path, place.atlas)
    pages = {name: (folder / name).read_bytes() for name in PAGES if (folder / name).is_file()}
    title = f"Features of {path} of {model.name}"
    pages[""] = live_html(title, pages="features.html" in pages).encode()

    def fire(given: Mapping[str, Any]) -> Any:
        return live.fire(_text(given, "text"))

    def steer(given: Mapping[str, Any]) -> Any:
        steps, tokens = given.get("steps"), given.get("tokens", 20)
        if not isinstance(steps, list) or not all(isinstance(step, str) for step in steps) or type(tokens) is not int:
            raise ValueError("give steps, a list of texts such as '1792=+8', and tokens, a number")
        return live.steer(_text(given, "prompt"), steps, tokens)

    return Server(pages, {"fire": fire, "steer": steer}, port)


def _text(given: Mapping[str, Any], name: str) -> str:
    if not isinstance(given.get(name), str):
        raise ValueError(f"give {name}, a text")
    return given[name]
