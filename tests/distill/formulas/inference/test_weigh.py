from typing import Any

import sympy

from pellucid.distill.formulas.inference.weigh import Weighed, distinct


class Written:
    """An estimate that is only written down."""

    def __init__(self, text):
        self.text = text

    def expression(self):
        return sympy.sympify(self.text)


def test_the_first_of_each_expression_keeps_its_place():
    """One that comes again further behind does not move there."""
    written: Any = Written
    entries = [Weighed(written(text), float(i)) for i, text in enumerate(["x", "x**2", "2.0*x", "x", "2.00000001*x"])]
    assert [entry.nats for entry in distinct(entries)] == [0.0, 1.0, 2.0]
