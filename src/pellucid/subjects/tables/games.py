"""Games: how often weak overseers won against strong systems, and how strong each is in general."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ...core.subject import Subject
from .columns import Column, Table
from .table import naming_file, read_table

__all__ = ["Games", "read_games"]


@dataclass(frozen=True, eq=False)
class Games(Subject):
    """Wins of guards (guards, houdinis) among games that were played, and the general Elo ratings of both.

    A pair without games has played 0. Raises ValueError for wins beyond the games, for ratings that are no numbers, and
    where the games fall into parts that never met, between which no rating says anything.

    >>> Games(("a", "b"), ("c",), [[3], [5]], [[10], [10]], [1000, 1100], [1200]).total
    20
    """

    made_by: ClassVar[str] = "Games(guards, houdinis, wins, played, guard_elo, houdini_elo), or read_games(path)"

    guards: tuple[str, ...]
    houdinis: tuple[str, ...]
    wins: NDArray[np.float64]
    played: NDArray[np.float64]
    guard_elo: NDArray[np.float64]
    houdini_elo: NDArray[np.float64]

    def __post_init__(self) -> None:
        shape = len(self.guards), len(self.houdinis)
        for name, wanted in (("wins", shape), ("played", shape), ("guard_elo", shape[:1]), ("houdini_elo", shape[1:])):
            value = np.array(getattr(self, name), dtype=np.float64)
            if value.shape != wanted:
                raise ValueError(f"{name} has shape {value.shape}; give {wanted}: guards, houdinis")
            if not np.isfinite(value).all():
                raise ValueError(f"{name} holds NaN or infinity; a pair without games has played 0, and won 0")
            value.setflags(write=False)
            object.__setattr__(self, name, value)
        if (self.wins < 0).any() or (self.wins > self.played).any():
            i, j = np.argwhere((self.wins < 0) | (self.wins > self.played))[0]
            pair = f"{self.guards[i]} won {self.wins[i, j]:g} of {self.played[i, j]:g} games against {self.houdinis[j]}"
            raise ValueError(f"{pair}; give wins from 0 to the games")
        if max(map(abs, (*self.guard_elo, *self.houdini_elo))) > 1e5:
            raise ValueError("general ratings reach beyond 100,000; give Elo ratings, in points")
        parts = _parts(self.played > 0, [*self.guards, *self.houdinis])
        if len(parts) > 1:
            some = ", ".join(parts[1][:4])
            raise ValueError(
                f"the games fall into {len(parts)} parts that never met, one of them {some}; add games between them, "
                "or fit each alone"
            )

    @property
    def total(self) -> int:
        """The number of games."""
        return int(self.played.sum())

    def fingerprint(self) -> str:
        """SHA-256 of names, games and ratings."""
        digest = hashlib.sha256(repr((self.guards, self.houdinis)).encode())
        for array in (self.wins, self.played, self.guard_elo, self.houdini_elo):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


def _parts(met: NDArray[np.bool_], names: list[str]) -> list[list[str]]:
    """The names of players that hang together by games."""
    label = list(range(len(names)))
    for i, j in np.argwhere(met):
        one, other = label[i], label[met.shape[0] + j]
        label = [one if each == other else each for each in label]
    return [[name for name, each in zip(names, label, strict=True) if each == part] for part in dict.fromkeys(label)]


def read_games(path: Path | str) -> Games:
    """A row for each pair: `guard`, `houdini`, `wins` (of the guard), `played`, `guard_elo`, `houdini_elo`.

    Rows of one pair are added. Raises ValueError, in one line that names file, column and remedy; OSError.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "games.csv"
    ...     head = "guard,houdini,wins,played,guard_elo,houdini_elo"
    ...     _ = file.write_text(f"{head}\\na,b,3,10,1000,1200\\na,c,1,10,1000,1300\\n")
    ...     read_games(file).houdinis
    ('b', 'c')
    """
    with naming_file(path):
        table = read_table(path)
        if not table.rows:
            raise ValueError("the table has no rows; give one for each pair of guard and houdini")
        wins, played, guard_elo, houdini_elo = (
            _numbers(table, name) for name in ("wins", "played", "guard_elo", "houdini_elo")
        )
        sides = []
        for role, elo in (("guard", guard_elo), ("houdini", houdini_elo)):
            names = _names(table.find(role, "column"))
            sides.append((names, _ratings(role, names, elo)))
        (guards, strong), (houdinis, stronger) = sides
        counts = np.zeros((2, len(strong), len(stronger)))
        places = [list(strong).index(a) for a in guards], [list(stronger).index(b) for b in houdinis]
        np.add.at(counts[0], places, wins)
        np.add.at(counts[1], places, played)
        ratings = list(strong.values()), list(stronger.values())
        return Games(tuple(strong), tuple(stronger), counts[0], counts[1], *map(np.array, ratings))


def _names(column: Column) -> list[str]:
    return [f"{v:g}" for v in column.values] if column.is_number else column.texts()


def _numbers(table: Table, name: str) -> NDArray[np.float64]:
    column = table.find(name, "column")
    if fault := table.fault(column):
        raise ValueError(f"{fault}; correct it, or leave the row out")
    return column.values.astype(float)


def _ratings(role: str, names: list[str], elo: Any) -> dict[str, float]:
    """The general rating of each player. Raises ValueError where one has two."""
    found: dict[str, float] = {}
    for name, value in zip(names, elo, strict=True):
        if found.setdefault(name, float(value)) != float(value):
            raise ValueError(f"{role} {name!r} has two ratings, {found[name]:g} and {value:g}; give one")
    return found
