"""Twelve small tables of mixed columns, by the rules that they are drawn from.

Written down before any was run; the half of a table is decided by its name (`halves`). Each has what small tables have:
numbers that hang together by curves, categories that go with numbers, counts with many zeros, missing cells that say
something, dates, and a few columns that have nothing to do with the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from pellucid.subjects.tables.mixed_table import MixedTable

Columns = dict[str, Any]
Draw = Callable[[np.random.Generator, int], Columns]


@dataclass(frozen=True)
class TableCase:
    """A table: its name, how many rows are drawn, and how."""

    name: str
    rows: int
    draw: Draw

    def table(self) -> MixedTable:
        """The table, the same every time."""
        columns = self.draw(np.random.default_rng(sum(map(ord, self.name))), self.rows)
        return MixedTable.from_columns({name: list(cells) for name, cells in columns.items()})


def _with_gaps(cells: Any, gaps: Any) -> list[Any]:
    return [None if gap else cell for cell, gap in zip(cells, gaps, strict=True)]


def _orchard(g: np.random.Generator, n: int) -> Columns:
    species = g.choice(4, n, p=[0.4, 0.3, 0.2, 0.1])
    age = g.integers(2, 60, n)
    harvest = np.round((20 + 15 * species) * age / (10 + age) * np.exp(0.2 * g.normal(size=n)), 1)
    return {
        "species": np.array(["apple", "pear", "plum", "quince"])[species],
        "age": age,
        "harvest": _with_gaps(harvest, (age < 5) | (g.random(n) < 0.04)),
        "slope": np.round(g.gamma(2, 3, n), 1),
    }


def _ferry(g: np.random.Generator, n: int) -> Columns:
    day, rain = g.integers(0, 7, n), g.random(n) < 0.3
    late = np.where(g.random(n) < 0.35 + 0.3 * rain, np.round(g.exponential(6 + 10 * rain)), 0)
    people = g.poisson(np.where(day > 4, 180, 90) * np.where(rain, 0.7, 1.0))
    days = np.array(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"])
    return {"day": days[day], "rain": np.where(rain, "yes", "no"), "late": late.astype(int), "people": people}


def _clinic(g: np.random.Generator, n: int) -> Columns:
    age, woman = np.round(g.normal(52, 16, n).clip(18, 95)), g.random(n) < 0.5
    smokes = g.random(n) < 0.35 - 0.1 * woman
    weight = np.round(g.normal(80 - 12 * woman, 11, n), 1)
    pressure = np.round(95 + 0.5 * age + 0.25 * weight + 6 * smokes + g.normal(0, 8, n))
    ill = g.random(n) < 1 / (1 + np.exp(-(pressure - 148) / 9))
    return {
        "age": age.astype(int), "sex": np.where(woman, "f", "m"), "smokes": smokes,
        "weight": _with_gaps(weight, g.random(n) < 0.08), "pressure": pressure.astype(int),
        "diagnosis": np.where(ill, "hypertension", "none"),
    }  # fmt: skip


def _compass(g: np.random.Generator, n: int) -> Columns:
    turn = g.uniform(0, 2 * np.pi, n)
    radius = np.where(g.random(n) < 0.5, 1.0, 2.0) + 0.08 * g.normal(size=n)
    return {
        "east": radius * np.cos(turn), "north": radius * np.sin(turn),
        "quarter": np.array(["NE", "NW", "SW", "SE"])[(turn // (np.pi / 2)).astype(int) % 4],
        "ring": np.where(radius > 1.5, "outer", "inner"),
    }  # fmt: skip


def _auction(g: np.random.Generator, n: int) -> Columns:
    kind = np.minimum(g.geometric(0.18, n) - 1, 11)
    bids = 1 + g.poisson(4 + kind % 4, n)
    price = np.round(np.exp(2 + 0.35 * kind + 0.12 * bids + 0.5 * g.normal(size=n)), 2)
    sold = bids > 2
    return {
        "kind": [f"kind {k}" for k in kind], "bids": bids, "price": _with_gaps(price, ~sold),
        "seller": np.array(["house", "estate", "trade"])[g.integers(0, 3, n)],
    }  # fmt: skip


def _lighthouse(g: np.random.Generator, n: int) -> Columns:
    day = g.integers(0, 1095, n)
    season = np.cos(2 * np.pi * (day - 200) / 365.25)
    dates = (np.datetime64("2019-01-01") + day).astype(str)
    air = np.round(11 + 7 * season + 2.5 * g.normal(size=n), 1)
    wind = np.round(np.exp(2.2 - 0.4 * season + 0.4 * g.normal(size=n)), 1)
    fog = g.random(n) < 0.25 / (1 + np.exp((wind - 9) / 2)) * 2
    return {"date": dates, "air": air, "wind": wind, "fog": np.where(fog, "fog", "clear")}


def _library(g: np.random.Generator, n: int) -> Columns:
    genre = g.choice(8, n, p=np.arange(8, 0, -1) / 36)
    year = 2024 - np.minimum(g.geometric(0.06, n), 90)
    loans = g.negative_binomial(2, 1 / (1 + np.exp(1.2 + 0.15 * (genre % 3) - 0.02 * (2024 - year))))
    return {
        "genre": [f"g{k}" for k in genre], "year": year, "loans": loans,
        "late": np.where(g.random(n) < 0.1 + 0.01 * np.minimum(loans, 40), "late", "in time"),
    }  # fmt: skip


def _mine(g: np.random.Generator, n: int) -> Columns:
    a, b, c = g.normal(size=(3, n))
    return {
        "a": a, "b": b, "c": c, "a_b": a * b + 0.1 * g.normal(size=n), "c_squared": c**2 + 0.1 * g.normal(size=n),
        "same_sign": np.where((a > 0) == (b > 0), 1, 0),
    }  # fmt: skip


def _stalls(g: np.random.Generator, n: int) -> Columns:
    which = g.choice(3, n, p=[0.5, 0.3, 0.2])
    centres = np.array([[0, 0, 0, 0], [3, 3, 0, -2], [-3, 2, 4, 1.0]])
    x = centres[which] + g.normal(size=(n, 4)) * np.array([[0.5], [1.0], [0.7]])[which]
    return {"stall": np.array(["fish", "bread", "cloth"])[which]} | {f"x{i}": np.round(x[:, i], 2) for i in range(4)}


def _rowing(g: np.random.Generator, n: int) -> Columns:
    height = g.normal(185, 8, n)
    mass = 0.9 * height - 85 + g.normal(0, 6, n)
    power = 3.2 * mass + 90 + g.normal(0, 25, n)
    return {
        "height": np.round(height, 1), "mass": np.round(mass, 1), "power": np.round(power),
        "seconds": np.round(1e3 * (2.8 / power) ** (1 / 3) * 2.1, 1),
        "side": np.array(["port", "starboard"])[g.integers(0, 2, n)],
    }  # fmt: skip


def _telegraph(g: np.random.Generator, n: int) -> Columns:
    town = np.minimum(g.zipf(1.5, n) - 1, 59)
    words = 3 + g.poisson(6 + town % 7)
    fee = np.round(1.5 + 0.25 * words + 0.05 * town, 2)
    return {
        "town": [f"town {k}" for k in town], "words": words, "fee": fee,
        "answer": np.where(g.random(n) < 0.2 + 0.5 * (town % 2), "paid", "none"),
    }  # fmt: skip


def _vineyard(g: np.random.Generator, n: int) -> Columns:
    grape, hill = g.integers(0, 5, n), g.normal(size=n)
    sun = 1900 + 150 * hill + g.normal(0, 80, n)
    sugar = 14 + 0.004 * sun + grape + g.normal(0, 0.8, n)
    acid = 12 - 0.25 * sugar + g.normal(0, 0.5, n)
    return {
        "grape": np.array(["Riesling", "Pinot", "Gamay", "Syrah", "Merlot"])[grape],
        "sun": np.round(sun), "sugar": np.round(sugar, 1), "acid": _with_gaps(np.round(acid, 2), g.random(n) < 0.1),
        "alcohol": np.round(0.57 * sugar + g.normal(0, 0.3, n), 1), "pickers": g.poisson(6, n),
        "frost": np.where(g.random(n) < 0.1, "yes", "no"), "year": g.integers(1990, 2024, n),
        "points": np.clip(np.round(78 + 0.9 * sugar - acid + g.normal(0, 2, n)), 70, 100).astype(int),
        "bought": np.where(g.random(n) < 1 / (1 + np.exp(-(sugar - 24))), "yes", "no"),
    }  # fmt: skip


CASES = (
    TableCase("orchard", 600, _orchard),
    TableCase("ferry", 1000, _ferry),
    TableCase("clinic", 800, _clinic),
    TableCase("compass", 700, _compass),
    TableCase("auction", 900, _auction),
    TableCase("lighthouse", 1000, _lighthouse),
    TableCase("library", 1200, _library),
    TableCase("mine", 1000, _mine),
    TableCase("market stalls", 500, _stalls),
    TableCase("rowing", 150, _rowing),
    TableCase("telegraph", 1500, _telegraph),
    TableCase("vineyard", 1500, _vineyard),
)
