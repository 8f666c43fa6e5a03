"""Python files as people write them, and as they should not: random modules with a function that loops over its steps.

Most hold a fold; many hold one statement more that changes, or seems to change, what a name means.
"""

from __future__ import annotations

import random

HARMLESS = (
    '"""A text."""',
    "import math",
    "LIMIT: int = 5",
    "def helper(a, b=2):\n    K = a\n    return K + b",
    "if __name__ == '__main__':\n    print(K)",
    "UNUSED = 'word'",
)
HARMFUL = (
    "K += 1",
    "K = 5",
    "K = K * 5",
    "if K > 2:\n    K = 7",
    "for K in range(3):\n    pass",
    "T[0] = 9",
    "T.reverse()",
    "def min(a, b):\n    return a",
    "def max(*a):\n    return 0",
    "from operator import add as max",
    "from operator import *",
    "abs = int",
    "exec('K = 1')",
    "globals().update(K=1)",
    "globals()['T'] = (5, 5, 5, 5)",
    "import builtins; builtins.max = lambda *a: 1",
    "class K:\n    pass",
    "def helper(a=globals().update(K=6)):\n    return a",
    "def helper():\n    global K\n    K = 8\nhelper()",
    "try:\n    K = 2\nfinally:\n    T = [0, 0, 0, 0]",
    "K, T = 2, (1, 1, 1, 1)",
    "s = 0",
    "del T\nT = (3, 2, 1, 0)",
)
AROUND = (
    "def twice(f):\n    return lambda steps: [2 * y for y in f(steps)]\n@twice",
    "@(lambda f: lambda s: [7 for x in s])",
)


class Writer:
    """Writes one random module; every choice comes from `seed`."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.width = self.random.choice((1, 1, 1, 2))
        self.outputs = self.random.choice((1, 1, 2))

    def module(self) -> str:
        """The text; the function that matters is called f."""
        above = [f"K = {self.random.randint(-2, 4)}", f"T = {self.table()}"]
        kind = self.random.random()
        if kind < 0.3:
            above.append(self.random.choice(HARMLESS))
        elif kind < 0.65:
            above.append(self.random.choice(HARMFUL))
        below = [self.random.choice(HARMFUL)] if self.random.random() < 0.05 else []
        around = self.random.choice(AROUND) + "\n" if self.random.random() < 0.05 else ""
        return "\n".join([*above, around + self.function(), *below]) + "\n"

    def table(self) -> str:
        entries = ", ".join(str(self.random.randint(-3, 5)) for _ in range(4))
        return self.random.choice((f"({entries})", f"[{entries}]"))

    def function(self) -> str:
        """A loop over the steps, after some names are set."""
        registers = self.random.sample(["s", "t", "K", "best", "x"], self.random.choice((1, 2, 2, 3)))
        registers = [r for r in registers if r != "x" or self.random.random() < 0.2]
        lines = ["def f(steps):"]
        lines += [f"    {r} = {self.random.choice((0, 0, 1, -2, 3, 'True', 'K'))}" for r in registers]
        lines += ["    steps = T"] * (self.random.random() < 0.02)
        inputs = ["x", "y"][: self.width]
        lines.append(f"    for {', '.join(inputs)} in steps:")
        known = [*registers, *inputs, "K"]
        body = [self.statement(registers, known) for _ in range(self.random.randint(1, 3))]
        body.insert(self.random.randint(0, len(body)), self.output(known))
        lines += ["        " + line for block in body for line in block.split("\n")]
        return "\n".join(lines)

    def output(self, known: list[str]) -> str:
        values = [self.expression(known, 2) for _ in range(self.outputs)]
        if self.random.random() < 0.1:
            others = [self.expression(known, 1) for _ in range(self.outputs)]
            condition, then, otherwise = self.test(known, 1), ", ".join(values), ", ".join(others)
            return f"if {condition}:\n    yield {then}\nelse:\n    yield {otherwise}"
        return f"yield {', '.join(values)}"

    def statement(self, registers: list[str], known: list[str]) -> str:
        target = self.random.choice([*registers, "extra"])
        value = self.expression(known, 2)
        match self.random.randrange(8):
            case 0:
                return f"if {self.test(known, 1)}:\n    {target} = {value}"
            case 1:
                then, otherwise = self.expression(known, 1), self.expression(known, 1)
                return f"if {self.test(known, 2)}:\n    {target} = {then}\nelse:\n    {target} = {otherwise}"
            case 2:
                operator = self.random.choice(("+", "-", "*", "^", "//", "%", "|"))
                return f"{target} {operator}= {self.expression(known, 1)}"
            case 3 if len(registers) > 1:
                a, b = self.random.sample(registers, 2)
                return f"{a}, {b} = {self.expression(known, 1)}, {self.expression(known, 1)}"
            case 4:
                return f"if {self.test(known, 1)}:\n    pass\nelif {self.test(known, 1)}:\n    {target} = {value}"
            case 5:
                return f"{target}: int = {value}"
        return f"{target} = {value}"

    def expression(self, known: list[str], depth: int) -> str:
        if depth == 0 or self.random.random() < 0.2:
            return self.random.choice([*known, str(self.random.randint(-2, 6)), "True"])
        a, b = self.expression(known, depth - 1), self.expression(known, depth - 1)
        test = self.test(known, depth - 1)
        n = self.random.randint(1, 5)
        choices = (
            *(f"({a} {o} {b})" for o in "+-*+-"),
            *(f"{a} {o} {b}" for o in ("+", "-", "*", "%", "//", "&", "^")),
            *(f"({a}) {o} {n}" for o in ("//", "%")),
            f"-{a}",
            f"({a} if {test} else {b})",
            f"min({a}, {b})",
            f"max({a}, {b}, {n})",
            f"abs({a})",
            f"int({test})",
            f"({test})",
            f"T[({a}) % 4]",
            f"T[{a}]",
            f"((1, 2), (3, {n}))[({a}) % 2][({b}) % 2]",
            f"({a}) & 1",
        )
        return self.random.choice(choices)

    def test(self, known: list[str], depth: int) -> str:
        a, b = self.expression(known, min(depth, 1)), self.expression(known, min(depth, 1))
        comparison = f"{a} {self.random.choice(('<', '<=', '>', '>=', '==', '!='))} {b}"
        if depth == 0:
            return comparison
        other = self.test(known, depth - 1)
        choices = (
            comparison,
            f"{comparison} and {other}",
            f"{comparison} or not {other}",
            f"{a} < {b} <= {a}",
            f"not ({other})",
            f"{a}",
            f"bool({a})",
        )
        return self.random.choice(choices)
