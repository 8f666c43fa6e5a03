"""A table with a law, and methods that know what they find: what is tested is what is made of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from pellucid.artifacts import Formula, Front
from pellucid.core import Found, Measured, Method
from pellucid.subjects.tables.samples import Samples


@dataclass(frozen=True)
class Knows(Method[Samples, Formula]):
    """Finds `text`, with a front of `others`; `calls` of the class says what was asked for, in order."""

    text: str = "a"
    others: tuple[str, ...] = ()

    def _find(self, subject, context):
        CALLS.append(self.text)
        formula = Formula(self.text, subject.names, subject.target, subject.box)
        formulas = tuple(Formula(text, subject.names, subject.target) for text in self.others)
        ones = (1.0,) * len(formulas)
        return Found(formula, (Measured("nothing", 0.0, ""),), {"front": Front(formulas, ones, ones)})


@dataclass(frozen=True)
class Raises(Method[Samples, Formula]):
    """Fails by the exception of this number in `FAULTS`."""

    number: int = 0

    def _find(self, subject, context):
        CALLS.append(type(FAULTS[self.number]).__name__)
        raise FAULTS[self.number]


CALLS: list[str] = []
FAULTS: list[BaseException] = []


@pytest.fixture
def calls():
    CALLS.clear()
    return CALLS


@pytest.fixture
def knows():
    return Knows


@pytest.fixture
def raises():
    """A method that raises a given exception."""
    FAULTS.clear()

    def method(error: BaseException) -> Raises:
        FAULTS.append(error)
        return Raises(len(FAULTS) - 1)

    return method


@pytest.fixture
def table():
    """y = a b^2 over columns a, b, c0, c1, ..., with noise where it is wanted."""

    def drawn(rows: int = 60, noise: float = 0.0, columns: int = 2) -> Samples:
        generator = np.random.default_rng(0)
        X = generator.uniform(1, 3, (rows, columns))
        names = ("a", "b", *(f"c{i}" for i in range(columns - 2)))
        return Samples(X, X[:, 0] * X[:, 1] ** 2 + noise * generator.normal(size=rows), names, "y")

    return drawn
