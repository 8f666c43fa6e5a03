"""A page that leads to several findings: a row for each, with its figures side by side."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

from markupsafe import Markup

from .html import note, section, table

__all__ = ["listing_html"]


def listing_html(
    title: str, headings: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]], notes: Sequence[str] = ()
) -> str:
    """The page: each row an address (empty where there is nothing to lead to) and its cells, the first one linked.

    `notes` are sentences below the table.

    >>> page = listing_html("Two layers", ["layer", "left"], [("3/report.html", ["3", "0.2"]), ("", ["4", "no text"])])
    >>> '<a href="3/report.html">3</a>' in page
    True
    """
    style = (files(__package__ or "pellucid.report") / "report.css").read_text(encoding="utf-8")
    linked = [[_link(address, cells[0]), *cells[1:]] for address, cells in rows]
    page = Markup(
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<title>{} · Pellucid</title>\n'
        "<style>\n{}\n</style>\n</head>\n"
        "<body>\n<main>\n<header>\n<h1>{}</h1>\n</header>\n{}\n</main>\n</body>\n</html>\n"
    )
    return str(
        page.format(title, Markup(style), title, section("Side by side", table("front", headings, linked), note(notes)))
    )


def _link(address: str, words: str) -> str:
    return Markup('<a href="{}">{}</a>').format(address, words) if address else words
