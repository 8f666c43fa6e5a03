"""Pages that are made, not written: one for each paper, one for each room's public names; and links out of the site.

Called by mkdocs while `make docs` builds it.
"""

from __future__ import annotations

import re
from pathlib import Path

from mkdocs.structure.files import File

ROOT = Path(__file__).parents[2]
ROOMS = ("core", "subjects", "artifacts", "distill", "discover", "look", "learn", "prove", "compress", "oversee")


def on_files(files, config):
    """Adds the pages that are made."""
    made = {"papers/index.md": papers_index(), "reference/index.md": reference_index()}
    made |= {f"papers/{paper.id}.md": paper_page(paper) for paper in papers()}
    made |= {f"reference/{room}.md": room_page(room) for room in rooms()}
    for place, text in made.items():
        files.append(File.generated(config, place, content=text))
    return files


def on_page_markdown(markdown, page, config, files):
    """Files of the clone that are no pages: papers lead to their page, all else is named without a link."""
    up = "../" * page.file.src_uri.count("/")
    markdown = re.sub(r"\]\((?:\.\./)*papers/(\w+)\.toml\)", rf"]({up}papers/\1.md)", markdown)
    return re.sub(r"\[([^\]]*)\]\((?:\.\./)+(?:src|tests|benchmarks|examples|CONTRIBUTING)[^)]*\)", r"\1", markdown)


def papers():
    from pellucid.jobs.papers import papers as read

    return read()


def papers_index() -> str:
    """A table of all."""
    rows = [f"| [{paper.title}]({paper.id}.md) | {_cell(paper.source)} | `{paper.id}` |" for paper in papers()]
    head = "# Papers\n\nWhat each claims beside what is measured here. `pellucid papers ID` shows the same, and with "
    return head + "`--run` measures it again.\n\n| paper | from | id |\n|---|---|---|\n" + "\n".join(rows) + "\n"


def paper_page(paper) -> str:
    """Its claims beside our figures, and how they are measured again."""
    lines = [f"# {paper.title}", "", paper.source, "", "Measured again by:", "", f"    {paper.command}", ""]
    lines += [f"Last run: {paper.when}", ""] if paper.when else []
    if paper.cpu_seconds is not None:
        lines += [f"About {paper.cpu_seconds:,.0f} CPU seconds.", ""]
    rows = [f"| {_cell(name)} | {_cell(claimed)} | {_cell(ours)} |" for name, claimed, ours in paper.beside()]
    lines += ["| figure | paper | ours |", "|---|---|---|", *rows] if rows else ["Its rows stand in its file."]
    return "\n".join(lines) + f"\n\nEvery row stands in `papers/{paper.id}.toml`.\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("_", "\\_").replace("*", "\\*")


def rooms() -> list[str]:
    """Those that have a list of their public names."""
    return [room for room in ROOMS if (ROOT / "src/pellucid" / room / "__init__.pyi").is_file()]


def reference_index() -> str:
    """A line for each room: the first of its docstring."""
    lines = [f"- [`pellucid.{room}`]({room}.md): {_first_line(room)}" for room in rooms()]
    return "# Reference\n\nMade from docstrings, room by room.\n\n" + "\n".join(lines) + "\n"


def room_page(room: str) -> str:
    """Its public names in their order, from the files in which they are defined."""
    lines = [f"# pellucid.{room}", "", _first_line(room), ""]
    for place, name in _public(room):
        lines += [f"::: {place}.{name}", ""]
    return "\n".join(lines)


def _first_line(room: str) -> str:
    source = (ROOT / "src/pellucid" / room / "__init__.py").read_text()
    found = re.match(r'"""(.*?)(?:"""|\n)', source)
    return found[1].strip() if found else ""


def _public(room: str) -> list[tuple[str, str]]:
    """(module, name) of each `from .x.y import Name as Name` in its list."""
    text = (ROOT / "src/pellucid" / room / "__init__.pyi").read_text()
    found = re.findall(r"^from (\.[\w.]*) import (\w+) as \2", text, flags=re.MULTILINE)
    return [(_absolute(room, module), name) for module, name in found]


def _absolute(room: str, module: str) -> str:
    if module.startswith(".."):
        return f"pellucid{'.' + module[2:] if module[2:] else ''}"
    return f"pellucid.{room}{module if module != '.' else ''}"
