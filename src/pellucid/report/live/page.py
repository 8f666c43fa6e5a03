"""The page on which someone types a text and sees what fires; it asks the server it came from alone."""

from __future__ import annotations

__all__ = ["live_html"]


def live_html(title: str, *, pages: bool, example: str = "The cat sat on the mat.") -> str:
    """The page; `pages`: whether there is a page of every feature beside it."""
    from importlib.resources import files

    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    here, report = files("pellucid.report.live"), files("pellucid.report")
    script = (here / "live.js").read_text(encoding="utf-8").replace("{{ has_pages }}", "true" if pages else "false")
    return environment.from_string((here / "live.html").read_text(encoding="utf-8")).render(
        title=title,
        pages="features.html" if pages else "",
        example=example,
        style=Markup((report / "report.css").read_text(encoding="utf-8") + (here / "live.css").read_text("utf-8")),
        script=Markup(script),
    )
