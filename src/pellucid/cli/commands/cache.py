"""`pellucid cache`: what is kept on this machine so that it need not be made again."""

from __future__ import annotations

from typing import Annotated

import typer

from ..app import app
from ..errors import one_line_errors
from ..terminal import Lines, Rows, Terminal


@app.command()
def cache(clear: Annotated[bool, typer.Option("--clear", help="Delete all of it.")] = False) -> None:
    """Show what is kept in the cache, or delete it: compiled files, unpacked language models, lists of formulas.

    Nothing in it is a result; what is deleted is made again when it is needed.
    """
    with one_line_errors():
        from ...run.cache_folder import cache_folder, clear_cache, entries

        folder, found = cache_folder(), entries()
        rows = [(entry.name, entry.kind, _size(entry.size)) for entry in found]
        whole = _size(sum(entry.size for entry in found))
        if clear:
            clear_cache()
            Terminal().print(Lines([f"{folder}: {whole} deleted"]))
            return
        grid = [Rows(("name", "what it is", "size"), rows)] if rows else []
        Terminal().print(*grid, Lines([f"{folder}: {whole}" + ("; --clear deletes it" if rows else ", empty")]))


def _size(count: int) -> str:
    """
    >>> _size(517_000_000)
    '517.0 MB'
    """
    return f"{count / 1e6:,.1f} MB"
