"""The 62 tasks of the MIPS benchmark ("Opening the AI black box", arXiv 2402.05110, appendix), as folds.

Digits come least significant first in additions and most significant first in divisions. What lies before the first
step counts as 0, as in the paper.
"""

from __future__ import annotations

from .sequence_task import SequenceTask, with_palindromes

BIT = ((0,), (1,))
TWO_BITS = ((0, 0), (1, 1))
NUMBER = ((0,), (99,))


def _fold(start: str, inputs: str, *body: str) -> str:
    """The source of a fold: initial assignments, then the statements of the loop."""
    lines = [
        "def reference(steps):",
        f"    {start}",
        f"    for {inputs} in steps:",
        *(f"        {line}" for line in body),
    ]
    return "\n".join(lines) + "\n"


def _map(inputs: str, output: str) -> str:
    """The source of a fold without memory."""
    return f"def reference(steps):\n    for {inputs} in steps:\n        yield {output}\n"


def _delay(depth: int, output: str) -> str:
    """The source of a fold that remembers the last `depth` inputs as p1 (the latest), p2, ..."""
    names = [f"p{i}" for i in range(1, depth + 1)]
    shift = f"{', '.join(names)} = {', '.join(['x', *names[:-1]])}"
    return _fold("; ".join(f"{name} = 0" for name in names), "x", f"yield {output}", shift)


def _task(
    name: str, title: str, source: str, domain: tuple[tuple[int, ...], tuple[int, ...]], paper: str, **more: object
) -> SequenceTask:
    """`paper` says who solved it there: "m" MIPS, "g" GPT-4."""
    low, high = domain
    return SequenceTask(
        name,
        title,
        source,
        low,
        high,
        solved_by_mips="m" in paper,
        solved_by_gpt4="g" in paper,
        **more,  # type: ignore[arg-type]
    )


def _additions() -> list[SequenceTask]:
    solved = {2: "m", 6: "g"}
    return [
        _task(
            "binary_addition" if base == 2 else f"base_{base}_addition",
            f"digits of a + b in base {base}, least significant first",
            _fold("carry = 0", "a, b", f"yield (a + b + carry) % {base}", f"carry = (a + b + carry) // {base}"),
            ((0, 0), (base - 1, base - 1)),
            solved.get(base, ""),
            theorem=("digits_of_sum", base),
        )
        for base in range(2, 8)
    ]


def _bit_tasks() -> list[SequenceTask]:
    last = {2: "(x + p1) % 2", 3: "(x + p1 + p2) % 2", 4: "(x + p1 + p2 + p3) % 2"}
    return [
        _task("bitwise_xor", "a xor b", _map("a, b", "a ^ b"), TWO_BITS, "gm"),
        _task("bitwise_or", "a or b", _map("a, b", "a | b"), TWO_BITS, "gm"),
        _task("bitwise_and", "a and b", _map("a, b", "a & b"), TWO_BITS, "gm"),
        _task("bitwise_not", "not x", _map("x", "1 - x"), BIT, "gm"),
        *(
            _task(f"parity_last{k}", f"parity of the last {k} bits", _delay(k - 1, last[k]), BIT, paper)
            for k, paper in ((2, "gm"), (3, "m"), (4, ""))
        ),
        _task(
            "parity_all",
            "parity of all bits so far",
            _fold("p = 0", "x", "p = p ^ x", "yield p"),
            BIT,
            "m",
            theorem=("sum_mod", 2),
        ),
        _task(
            "parity_zeros", "parity of the zeros so far", _fold("p = 0", "x", "p = p ^ (1 - x)", "yield p"), BIT, "m"
        ),
    ]


def _window_tasks() -> list[SequenceTask]:
    sums = [
        _task(
            f"sum_last{k}",
            f"sum of the last {k} numbers",
            _delay(k - 1, " + ".join(["x", *(f"p{i}" for i in range(1, k))])),
            NUMBER,
            "m" if k < 4 else "gm",
            length=10 if k < 5 else 20,
            theorem=("sum_last", k),
        )
        for k in range(2, 8)
    ]
    previous = [
        _task(
            f"prev{k}",
            f"the number {k} steps back",
            _delay(k, f"p{k}"),
            NUMBER,
            "gm",
            length=10 if k < 5 else 20,
            theorem=("previous", k),
        )
        for k in range(1, 6)
    ]
    signed = ((-100,), (99,))
    counted = _fold("n = 0", "x", "n = n + (x % 2 == 0)", "yield n")
    total = _fold("s = 0", "x", "s = s + x", "yield s")
    return [
        _task("evens_counter", "count of even numbers so far", counted, ((0,), (9,)), ""),
        _task("sum_all", "sum of all numbers so far", total, NUMBER, "gm", theorem=("running_sum", 0)),
        *sums,
        _task("current_number", "the number itself", _map("x", "x"), NUMBER, "gm"),
        *previous,
        _task(
            "previous_equals_current", "1 if x equals the number before", _delay(1, "int(x == p1)"), ((0,), (7,)), "m"
        ),
        _task("diff_last2", "x minus the number before", _delay(1, "x - p1"), signed, "m"),
        _task("abs_diff", "|x minus the number before|", _delay(1, "abs(x - p1)"), signed, "m"),
        _task("abs_current", "|x|", _map("x", "abs(x)"), signed, "gm"),
        _task("diff_abs_values", "|x| minus |the number before|", _delay(1, "abs(x) - abs(p1)"), signed, "g"),
    ]


def _running_tasks() -> list[SequenceTask]:
    def majority(symbols: int) -> str:
        counts = [f"n{i}" for i in range(symbols)]
        start = "; ".join(f"{n} = 0" for n in counts)
        count = [f"{n} = {n} + (x == {i})" for i, n in enumerate(counts)]
        best = str(symbols - 1)
        for i in reversed(range(symbols - 1)):
            wins = " and ".join(f"{counts[i]} >= {counts[j]}" for j in range(i + 1, symbols))
            best = f"{i} if {wins} else ({best})"
        return _fold(start, "x", *count, f"yield {best}")

    smallest = _fold("m = 9", "x", "m = min(m, x)", "yield m")
    largest = _fold("m = 0", "x", "m = max(m, x)", "yield m")
    return [
        _task("min_seen", "smallest number so far", smallest, ((0,), (9,)), "g", theorem=("running_min", 9)),
        _task("max_seen", "largest number so far", largest, NUMBER, "g", theorem=("running_max", 0)),
        *(
            _task(
                f"majority_0_{k - 1}",
                f"most frequent of 0..{k - 1} so far, ties to the lower",
                majority(k),
                ((0,), (k - 1,)),
                "g" if k == 2 else "",
            )
            for k in (2, 3, 4)
        ),
    ]


def _detectors() -> list[SequenceTask]:
    palindrome = _fold(
        "forward = 0; backward = 0; place = 1",
        "x",
        "forward = 2 * forward + x",
        "backward = backward + place * x",
        "place = 2 * place",
        "yield int(forward == backward)",
    )
    balanced = _fold(
        "depth = 0; broken = 0",
        "x",
        "depth = depth + 1 - 2 * x",
        "broken = 1 if depth < 0 else broken",
        "yield int(depth == 0 and broken == 0)",
    )
    squares = _map("x", "int(x == 0 or x == 1 or x == 4 or x == 9 or x == 16)")
    return [
        _task("evens_detector", "1 if x is even", _map("x", "int(x % 2 == 0)"), ((0,), (9,)), "g"),
        _task("perfect_square_detector", "1 if x is a perfect square", squares, ((0,), (19,)), ""),
        _task(
            "bit_palindrome",
            "1 if the bits so far read the same backwards",
            palindrome,
            BIT,
            "g",
            sampler=with_palindromes,
        ),
        _task("balanced_parenthesis", "1 if the brackets so far (0 opens, 1 closes) are balanced", balanced, BIT, ""),
        _task(
            "parity_bits_mod2",
            "0, 1, 0, 1, ... whatever is read",
            _fold("t = 0", "x", "yield t", "t = 1 - t"),
            BIT,
            "g",
        ),
        _task("alternating_last3", "1 if the last 3 bits alternate", _delay(2, "int(x != p1 and p1 != p2)"), BIT, ""),
        _task(
            "alternating_last4",
            "1 if the last 4 bits alternate",
            _delay(3, "int(x != p1 and p1 != p2 and p2 != p3)"),
            BIT,
            "g",
        ),
        _task("bit_shift_right", "the bit before", _delay(1, "p1"), BIT, "gm", theorem=("previous", 1)),
    ]


def _modular_tasks() -> list[SequenceTask]:
    dot = _fold("s = 0", "a, b", "s = (s + a * b) % 2", "yield s")
    dithering = _fold("r = 0", "x", "yield (r + x) // 15", "r = (r + x) % 15")
    return [
        _task("bit_dot_prod_mod2", "parity of the dot product so far", dot, TWO_BITS, "m"),
        *(
            _task(
                f"div_{k}",
                f"digits of the number divided by {k}, most significant first",
                _fold("r = 0", "x", f"yield (2 * r + x) // {k}", f"r = (2 * r + x) % {k}"),
                BIT,
                "g" if k == 3 else "",
            )
            for k in (3, 5, 7)
        ),
        *(
            _task(
                f"add_mod_{k}",
                f"sum so far, modulo {k}",
                _fold("s = 0", "x", f"s = (s + x) % {k}", "yield s"),
                ((0,), (k - 1,)),
                "gm" if k == 3 else "",
                theorem=("sum_mod", k),
            )
            for k in range(3, 9)
        ),
        _task(
            "dithering",
            "error diffusion: how often the sum so far passes a multiple of 15",
            dithering,
            ((0,), (15,)),
            "g",
        ),
    ]


def _newton_tasks() -> list[SequenceTask]:
    def motion(force: str) -> str:
        return _fold("v = 0; p = 0", "x", f"v = v + {force}", "p = p + v", "yield p")

    magnetic = _fold(
        "vx = 0; vy = 0; px = 0; py = 0",
        "a, b",
        "vx, vy = vx + a - vy, vy + b + vx",
        "px = px + vx",
        "py = py + vy",
        "yield px, py",
    )
    forces = ((-10,), (10,))
    return [
        _task("newton_freebody", "position of a free body pushed by forces", motion("x"), forces, "m"),
        _task("newton_gravity", "position of a body under forces and gravity", motion("x - 1"), forces, "m"),
        _task("newton_spring", "position of a body on a spring, under forces", motion("x - p"), forces, "m"),
        _task("newton_magnetic", "position of a charge in a magnetic field", magnetic, ((-10, -10), (10, 10)), ""),
    ]


def mips_tasks() -> dict[str, SequenceTask]:
    """All 62 tasks by name, in the order of the paper."""
    families = (
        _additions,
        _bit_tasks,
        _window_tasks,
        _running_tasks,
        _detectors,
        _modular_tasks,
        _newton_tasks,
    )
    return {task.name: task for family in families for task in family()}


def mips_task(name: str) -> SequenceTask:
    """The task called `name`; raises ValueError with close names where there is none."""
    from difflib import get_close_matches

    tasks = mips_tasks()
    if name not in tasks:
        near = get_close_matches(name, tasks, n=3)
        hint = f"did you mean {', '.join(near)}?" if near else "list them with `pellucid program --list`"
        raise ValueError(f"task {name!r} is unknown; {hint}")
    return tasks[name]
