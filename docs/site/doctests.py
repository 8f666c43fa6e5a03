"""Examples in docstrings as code: a page would take `>>>` for a quotation of a quotation of a quotation."""

from __future__ import annotations

import re

import griffe

EXAMPLE = re.compile(r"^>>> (?:.+\n?)+", flags=re.MULTILINE)


class Doctests(griffe.Extension):
    """Fences every paragraph that begins with `>>>`."""

    def on_object(self, *, obj, **_) -> None:
        """Called for each class, function and attribute that was read."""
        if obj.docstring is not None and ">>>" in obj.docstring.value:
            obj.docstring.value = EXAMPLE.sub(fenced, obj.docstring.value)


def fenced(match: re.Match[str]) -> str:
    """The paragraph as code of Python."""
    return f"```pycon\n{match[0].rstrip()}\n```\n"
