"""What kind of thing a file, a folder or a text is, and which commands open it.

Each recogniser looks at one kind, from the surest to the least sure; the first that knows it answers. Nothing is run or
unpickled for it: names, suffixes, the first bytes, the headers of a table.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..core.finding import load_finding
from ..subjects.tables.table import NUMBERS, SUFFIXES, WORDS, naming_file, read_table

LOSS, STEP = r".*(loss|acc|accuracy|perplexity).*", r"(global_)?(step|steps|epoch|iteration|iter)"
SIZES = r"(n|d|c|params?|parameters|non_?embedding.*|tokens|flops?|compute|model_?size|data_?size)"
GAMES = r"(guard|houdini|player|white|black|winner|result|score)"
TIME = r"(t|time|seconds?|date|datetime)"
WEIGHTS = {"program": "a recurrent network: its program", "algorithm": "a network on two symbols: its algorithm"}
MODEL = {"features": "the features that a layer holds", "layers": "what each is worth", "probe": "what can be read out"}
BY_SUFFIX: dict[str, tuple[str, Mapping[str, str]]] = {
    **dict.fromkeys((".safetensors", ".pt", ".pth", ".bin"), ("weights of a network", WEIGHTS)),
    **dict.fromkeys((".xml", ".sbml"), ("reactions", {"laws": "what they conserve"})),
    **dict.fromkeys((".tra", ".prism"), ("a world", {"guarantee": "what can be promised in it"})),
    ".gguf": ("a language model", MODEL),
    ".dfy": ("a Dafny file", {"verify": "the hints that it lacks, or what Dafny says"}),
}


@dataclass(frozen=True)
class Recognised:
    """What it is, in words, and the `commands` that open it, the likeliest first: arguments, and what they give."""

    kind: str
    commands: tuple[tuple[tuple[str, ...], str], ...]


def recognise(given: str) -> Recognised:
    """The kind of what is given. Raises ValueError, with what can be opened, for what is none of these.

    >>> recognise("x' = v; v' = -x").commands[0][0]
    ('laws', "x' = v; v' = -x")
    """
    for ask in RECOGNISERS:
        found = ask(given, Path(given))
        if found is not None:
            return found
    gone = "" if Path(given).exists() else "; there is no such file"
    raise ValueError(
        f"{given!r} is nothing that can be opened{gone}; give a table, weights, a model's folder, a training log, a "
        "Dafny file, equations (\"x' = v; v' = -x\"), or a folder that a command wrote"
    )


def _finding(given: str, path: Path) -> Recognised | None:
    if not (path / "finding.json").is_file():
        return None
    told = load_finding(path).artifact.describe().splitlines()[0]
    return Recognised(f"a finding: {told}", ((("check", given), "runs its certificates again"),))


def _language_model(given: str, path: Path) -> Recognised | None:
    return _all("a language model", given, MODEL) if (path / "config.json").is_file() else None


def _training_log(given: str, path: Path) -> Recognised | None:
    names = [path.name, *(each.name for each in path.iterdir())] if path.is_dir() else [path.name]
    logs = [name for name in names if "tfevents" in name or name == "trainer_state.json" or name.endswith(".wandb")]
    return Recognised("the log of a training run", ((("training", given), "its phases"),)) if logs else None


def _by_suffix(given: str, path: Path) -> Recognised | None:
    if path.suffix not in BY_SUFFIX or not path.is_file():
        return None
    kind, commands = BY_SUFFIX[path.suffix]
    return _all(kind, given, commands)


def _world(given: str, path: Path) -> Recognised | None:
    if path.suffix != ".json" or not path.is_file() or not _has_any(path, ("states", "transitions", "actions")):
        return None
    return Recognised("a world", ((("guarantee", given), "what can be promised in it"),))


def _reactions(given: str, path: Path) -> Recognised | None:
    if path.exists() or not re.search(r"\w\s*(<?->|<=>)\s*\w", given):
        return None
    return Recognised("reactions", ((("laws", given), "what they conserve"),))


def _table(given: str, path: Path) -> Recognised | None:
    if path.suffix.lower() not in SUFFIXES or not path.is_file():
        return None
    with naming_file(path):
        headers = list(read_table(path, WORDS if path.suffix in (".csv", ".tsv", ".txt") else NUMBERS).columns)
    names = [re.sub(r"[^a-z0-9]+", "_", header.lower()).strip("_") for header in headers]
    return Recognised(f"a table with columns {', '.join(headers[:8])}", tuple(_of_columns(given, names)))


def _equations(given: str, path: Path) -> Recognised | None:
    if path.exists() or not re.search(r"(\w'+|_t|_tt|_\{n\+1\})\s*=", given):
        return None
    return _all("equations", given, {"laws": "what they conserve, proved", "symmetries": "their symmetries, proved"})


def _all(kind: str, given: str, commands: Mapping[str, str]) -> Recognised:
    return Recognised(kind, tuple(((name, given), what) for name, what in commands.items()))


def _of_columns(given: str, names: Sequence[str]) -> list[tuple[tuple[str, ...], str]]:
    """The commands for a table, by its headers, the likeliest first."""
    is_log = _any(names, STEP) and _any(names, LOSS)
    fits = [
        (is_log, "training", "a training log: its phases"),
        (not is_log and _any(names, SIZES) and _any(names, LOSS), "scaling", "many training runs: a scaling law"),
        (_any(names, TIME), "laws", "trajectories: the equations that they follow"),
        (sum(_any([name], GAMES) for name in names) > 1, "oversee", "games: what oversight would take"),
        ({"inputs", "labels"} <= set(names), "program", "sequences with labels: a program"),
    ]
    likely = [((name, given), what) for holds, name, what in fits if holds]
    return [*likely, (("formula", given), "a formula for one column"), (("compress", given), "values merged")]


def _any(names: Sequence[str], pattern: str) -> bool:
    return any(re.fullmatch(pattern, name) for name in names)


def _has_any(path: Path, keys: Sequence[str], largest: int = 50_000_000) -> bool:
    try:
        data = json.loads(path.read_text()) if path.stat().st_size < largest else None
    except (ValueError, RecursionError):
        return False
    return isinstance(data, dict) and any(key in data for key in keys)


RECOGNISERS: tuple[Callable[[str, Path], Recognised | None], ...] = (
    _finding,
    _language_model,
    _training_log,
    _by_suffix,
    _world,
    _reactions,
    _table,
    _equations,
)
"""In the order in which they are asked."""
