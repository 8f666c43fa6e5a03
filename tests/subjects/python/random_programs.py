"""Random Python functions of the kind that is translated: choices, loops, lists, calls, numbers of either sign."""

from __future__ import annotations

from random import Random

HELPERS = """def pick(a: list[int], i: int) -> int:
    return a[i] if 0 <= i < len(a) else 0 - i


def parts(x: int, y: int) -> tuple[int, int]:
    d = y if y != 0 else 1
    return x // d, x % d


def bump(a: list[int], i: int) -> None:
    if 0 <= i < len(a):
        a[i] += 1


"""


def random_program(random: Random) -> str:
    """One function `f` after a few that it may call; its loops end."""
    lines = Writer(random).function()
    return HELPERS + "\n".join(lines) + "\n"


class Writer:
    """Writes a function of x, y, flag and a; `u`, `v` are numbers and `b` is a list of its own."""

    def __init__(self, random: Random) -> None:
        self.random, self.loops = random, 0
        self.numbers = ["x", "y", "u", "v"]

    def function(self) -> list[str]:
        """The whole function."""
        head = ["def f(x: int, y: int, flag: bool, a: list[int]) -> tuple[int, bool, list[int]]:"]
        head += ["    u = x", "    v = 1", "    b: list[int] = []"]
        return [*head, *self.block(1, 3), f"    return {self.number(1)}, {self.truth(1)}, b"]

    def block(self, depth: int, most: int) -> list[str]:
        """Some statements."""
        found = [line for _ in range(self.random.randint(1, most)) for line in self.statement(depth)]
        return ["    " * (depth if depth == 1 else 1) + line for line in found]

    def statement(self, depth: int) -> list[str]:
        """One statement, as lines without indent."""
        kinds = ["set", "set", "add", "swap", "append", "element", "parts", "bump", "pop", "pass"]
        kind = self.random.choice([*kinds, *(["if", "if", "for", "each", "while", "numbered"] if depth < 3 else [])])
        return getattr(self, f"_{kind}")(depth)

    def _set(self, depth: int) -> list[str]:
        return [f"{self.random.choice(['u', 'v', 'x'])} = {self.number(2)}"]

    def _add(self, depth: int) -> list[str]:
        return [f"{self.random.choice('uv')} {self.random.choice(['+=', '-='])} {self.number(1)}"]

    def _swap(self, depth: int) -> list[str]:
        if self.random.random() < 0.5:
            return [f"u, v = {self.number(1)}, {self.number(1)}"]
        return ["if len(a) > 1:", f"    {self.random.choice(['a[0], a[-1] = a[-1], a[0]', 'u, a[0] = a[1], u'])}"]

    def _append(self, depth: int) -> list[str]:
        return [f"b.append({self.number(1)})"]

    def _element(self, depth: int) -> list[str]:
        name = self.random.choice("ab")
        return [f"if 0 <= u < len({name}):", f"    {name}[u] = {self.number(1)}"]

    def _parts(self, depth: int) -> list[str]:
        return [f"u, v = parts({self.number(1)}, {self.number(1)})"]

    def _bump(self, depth: int) -> list[str]:
        return [f"bump(a, {self.number(1)})"]

    def _pop(self, depth: int) -> list[str]:
        return ["if len(b) > 0:", "    b.pop()"]

    def _pass(self, depth: int) -> list[str]:
        return ["pass"]

    def _if(self, depth: int) -> list[str]:
        other = ["else:", *self.block(depth + 1, 2)] if self.random.random() < 0.6 else []
        return [f"if {self.truth(2)}:", *self.block(depth + 1, 2), *other]

    def _for(self, depth: int) -> list[str]:
        name = self._counter()
        ends = self.random.choice(["4", "1, 5", "len(a)", "5, 0, -2", "u % 5", "-1, len(b)"])
        inside = self.block(depth + 1, 2)
        left = [f"    if {self.truth(1)}:", f"        {self.random.choice(['break', 'continue'])}"]
        left = left if self.random.random() < 0.3 else []
        return [f"for {name} in range({ends}):", f"    v += {name}", *left, *inside]

    def _each(self, depth: int) -> list[str]:
        name = self._counter()
        return [f"for {name} in b:", f"    v += {name}", "    u = v - u"]

    def _numbered(self, depth: int) -> list[str]:
        name = self._counter()
        return [f"for {name}, {name}x in enumerate(b):", f"    u += {name} * {name}x"]

    def _while(self, depth: int) -> list[str]:
        name = self._counter()
        return [f"{name} = 0", f"while {name} < 3 and {self.truth(1)}:", f"    {name} += 1", *self.block(depth + 1, 2)]

    def _counter(self) -> str:
        self.loops += 1
        return f"k{self.loops}"

    def number(self, depth: int) -> str:
        """A number."""
        if depth == 0 or self.random.random() < 0.3:
            return self.random.choice([*self.numbers, "0", "1", "-2", "3", "len(a)", "len(b)"])
        one, two = self.number(depth - 1), self.number(depth - 1)
        by = self.random.choice(["2", "3", "7"])
        choices = [f"({one} + {two})", f"{one} - {two}", f"({one}) * ({two}) % 101", f"({one}) // {by}"]
        choices += [f"-({one})", f"({one}) % -4", f"({one}) % (abs({two}) + 1)", "a.count(1)", "(u % 9) ** 2"]
        choices += [f"({one}) % {by}", f"max({one}, {two})", f"min({one}, {two})", f"abs({one})", f"pick(a, {one})"]
        choices += [
            f"({one} if {self.truth(depth - 1)} else {two})",
            "sum(a)",
            "sum(a[:len(a) // 2])",
            f"({one}) // -3",
        ]
        return self.random.choice(choices)

    def truth(self, depth: int) -> str:
        """A condition."""
        one, two = self.number(max(0, depth - 1)), self.number(max(0, depth - 1))
        choices = [f"{one} < {two}", f"{one} <= {two} < 9", f"{one} == {two}", "flag", "not flag", f"{one} in a"]
        choices += ["b == a", f"all(q >= {two} for q in a)"]
        choices += [f"any(a[q] == {two} for q in range(len(a)) if q != 1)"]
        if depth > 1:
            choices += [f"({self.truth(1)} and {self.truth(1)})", f"({self.truth(1)} or not {self.truth(0)})"]
        return self.random.choice(choices)
