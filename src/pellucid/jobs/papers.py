"""Papers: what each claims, what is measured here, and the command that measures it again.

Their files are `papers/*.toml` of a clone; a wheel brings them along. A file has a `title`; where it is from (`arxiv`,
`doi`, `sources` or `source`; without, the list is our own); a `command`, on top, among ours, or in its last `run`;
tables `paper` (or `claimed`) and `ours` (or `measured`, `found`, `unseen`), and rows.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CLAIMED, OURS = ("paper", "claimed"), ("ours", "measured", "found", "unseen")
RUN = ("command", "commit", "days", "day", "date", "seed")
"""What says how figures were measured, of a file, of its table of ours or of a run; the last one counts."""


@dataclass(frozen=True)
class Paper:
    """One file: `id` is its name, `source` where the paper or the list of cases is from."""

    id: str
    title: str
    source: str
    command: str
    when: str
    """The day and the commit of the last run, where the file says so; "" otherwise."""
    cpu_seconds: float | None
    claimed: Mapping[str, Any]
    ours: Mapping[str, Any]

    def beside(self) -> list[tuple[str, str, str]]:
        """Each figure with the paper's and ours, "-" where there is none: those that both have come first."""
        names = dict.fromkeys([*self.claimed, *self.ours])
        rows = [(name, _shown(self.claimed.get(name)), _shown(self.ours.get(name))) for name in names]
        return sorted(rows, key=lambda row: "-" in row[1:])

    def commands(self) -> list[list[str]]:
        """What is run, in its order. Raises ValueError where a part is left to the reader, such as FOLDER."""
        whole = [shlex.split(part) for part in self.command.split(";")]
        for words in whole:
            left = [word for word in words if word.isupper() and len(word) > 2]
            if left:
                raise ValueError(f"{self.id} is run by: {self.command}; give {', '.join(left)} yourself")
            if words[0] != "pellucid" and words[:1] + [word[:11] for word in words[1:2]] != ["python", "benchmarks/"]:
                raise ValueError(f"{self.id} is run by hand: {self.command}")
        return [["-m", *words] if words[0] == "pellucid" else words[1:] for words in whole]


def papers_folder() -> Path:
    """Where the files lie: in the package that a wheel installed, or in the clone around it. Raises ValueError."""
    package = Path(__file__).parents[1]
    for folder in (package / "papers", package.parents[1] / "papers"):
        if any(folder.glob("*.toml")):
            return folder
    raise ValueError("the papers' files are not installed; work in a clone, or install a wheel")


def papers() -> list[Paper]:
    """All of them, by id."""
    return [read_paper(path) for path in sorted(papers_folder().glob("*.toml"))]


def find_paper(name: str) -> Paper:
    """The one with this id, or this number at arXiv. Raises ValueError where there is none."""
    known = papers()
    for paper in known:
        if name in (paper.id, paper.source, paper.source.removeprefix("arXiv ")):
            return paper
    raise ValueError(f"paper {name!r} is unknown; give one of {', '.join(paper.id for paper in known)}")


def read_paper(path: Path) -> Paper:
    """One file. Raises ValueError for one that does not say what it is, or how it is made again."""
    data = tomllib.loads(path.read_text())
    runs = [*data.get("run", ()), *data.get("run_of_second_half", ())]
    told = [data, *(data[name] for name in OURS if isinstance(data.get(name), Mapping)), *runs[-1:]]
    last = {name: value for each in told for name, value in each.items() if name in RUN}
    command = last.get("command")
    source = _source(data)
    if not (data.get("title") and command):
        raise ValueError(f"{path.name} needs a title, and a command that makes it again")
    days = last.get("days") or [last.get("day") or last.get("date") or ""]
    when = f"{days[-1]} {last.get('commit', '')}"
    seconds = data.get("cpu_seconds")
    if isinstance(seconds, Mapping):
        seconds = sum(value for value in seconds.values() if isinstance(value, (int, float)))
    claimed, ours = ({k: v for k, v in _figures(data, names) if k not in RUN} for names in (CLAIMED, OURS))
    return Paper(path.stem, data["title"], source, command, when.strip(), seconds, claimed, ours)


def run_paper(paper: Paper) -> int:
    """Measures it again, by the benchmark of a clone; its exit code. Raises ValueError where there is no clone."""
    root = papers_folder().parent
    if not (root / "benchmarks").is_dir():
        raise ValueError("benchmarks are not installed; clone the repository, and run it there")
    for words in paper.commands():
        code = subprocess.run([sys.executable, *words], cwd=root).returncode
        if code:
            return code
    return 0


def _source(data: Mapping[str, Any]) -> str:
    if "arxiv" in data:
        return f"arXiv {data['arxiv']}"
    if "doi" in data:
        return f"doi {data['doi']}"
    return data.get("source") or "; ".join(str(each) for each in data.get("sources", ())) or "a list of our own"


def _figures(data: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """The values of the first of these tables, those of tables within it as "outer.inner".

    >>> dict(_figures({"ours": {"tasks": 62, "time": {"median": 3.1}}}, ("ours",)))
    {'tasks': 62, 'time.median': 3.1}
    """
    table = next((data[name] for name in names if isinstance(data.get(name), Mapping)), {})
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}.{inner}", each) for inner, each in _figures({name: value}, (name,)))
        else:
            yield name, value


def _shown(value: Any) -> str:
    """
    >>> _shown(None), _shown(True), _shown(0.123456789), _shown([1, 2])
    ('-', 'yes', '0.1235', '1, 2')
    """
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
