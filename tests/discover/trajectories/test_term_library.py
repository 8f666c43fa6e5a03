"""Which terms equations may have."""

from __future__ import annotations

import numpy as np
import sympy

from pellucid.discover.trajectories.term_library import Library, libraries, polynomial_library


def test_libraries_stay_small_and_take_a_basis():
    assert len(polynomial_library(tuple(f"x{i}" for i in range(12)), 3)) <= 240
    (only,) = libraries(("x", "y"), 2, ("1/x",))
    assert {str(term) for term in only.terms} >= {"1", "x", "1/x", "y/x"}
    slopes = Library(("x",), (sympy.Symbol("x", real=True) ** 2,)).slopes(np.array([[3.0]]))
    assert slopes.tolist() == [[[6.0]]]


PAIR = ("x1", "y1", "x2", "y2", "u1", "v1", "u2", "v2")


def test_distances_between_bodies_are_tried_for_positions_only():
    titles = [library.title for library in libraries(PAIR, 3)]
    assert not any("between bodies" in title for title in titles)
    found = {library.title: library for library in libraries(PAIR, 3, (), PAIR[:4])}
    between = found["with powers of distances between bodies in the plane"]
    x1, y1, x2, y2 = sympy.symbols("x1 y1 x2 y2", real=True)
    assert (x1 - x2) / sympy.sqrt((x1 - x2) ** 2 + (y1 - y2) ** 2) ** 3 in between.terms
    assert len(between) == 9 + 3 * 2 * 3
    assert "with powers of distances in space" in found
