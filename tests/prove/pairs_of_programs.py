"""Pairs of programs that compute the same in different registers: what proofs are tried on."""

from __future__ import annotations

from pellucid.artifacts import Program, read_program

BIT = [(0, 1)]
BITS = [(0, 1), (0, 1)]
NUMBER = [(0, 99)]


def fold(start: str, inputs: str, *body: str, name: str = "program") -> str:
    lines = [f"def {name}(steps):", f"    {start or 'pass'}", f"    for {inputs} in steps:"]
    return "\n".join([*lines, *(f"        {line}" for line in body)]) + "\n"


def program(domain: list[tuple[int, int]], start: str, inputs: str, *body: str, name: str = "program") -> Program:
    return read_program(fold(start, inputs, *body, name=name), domain)


def _pairs() -> dict[str, tuple[list[tuple[int, int]], tuple[str, ...], tuple[str, ...]]]:
    delay = "a,b,c,d,e,f = x,a,b,c,d,e"
    spread = "yield 0 if n >= m and n >= k else 1 if m >= k else 2"
    palindrome = ("f = 0; b = 0; p = 1", "x", "f = 2*f + x", "b = b + p*x", "p = 2*p", "yield int(f == b)")
    balanced = ("d = 0; k = 0", "x", "d = d + 1 - 2*x", "k = 1 if d < 0 else k", "yield int(d == 0 and k == 0)")
    adders = {
        f"adder {k}": (
            [(0, k - 1)] * 2,
            ("c = 0", "a, b", f"yield (a + b + c) % {k}", f"c = (a + b + c) // {k}"),
            (
                "d = 1",
                "a, b",
                f"yield a + b + 1 - d if a + b + 1 - d < {k} else a + b + 1 - d - {k}",
                f"d = 0 if a + b + 1 - d >= {k} else 1",
            ),
        )
        for k in range(2, 8)
    }
    divisions = {
        f"division {k}": (
            BIT,
            ("r = 0", "x", f"yield (2*r + x) // {k}", f"r = (2*r + x) % {k}"),
            ("r = 0", "x", f"yield int(2*r + x >= {k})", f"r = 2*r + x - {k} * (2*r + x >= {k})"),
        )
        for k in (3, 5, 7)
    }
    return {
        **adders,
        **divisions,
        "adder in bits": (
            BITS,
            ("c = 0", "a, b", "yield a ^ b ^ c", "c = (a & b) | (a & c) | (b & c)"),
            ("c = 0", "a, b", "yield (a + b + c) % 2", "c = (a + b + c) // 2"),
        ),
        "parity": (BIT, ("n = 0", "x", "n += x", "yield n % 2"), ("p = 0", "x", "p = p ^ x", "yield p")),
        "counter modulo 6": (
            [(0, 5)],
            ("n = 0", "x", "n += x", "yield n % 6"),
            ("p = 0", "x", "p = (p + x) % 6", "yield p"),
        ),
        "dithering": (
            [(0, 15)],
            ("r = 0", "x", "yield (r + x) // 15", "r = (r + x) % 15"),
            ("r = 0", "x", "yield int(r + x >= 15)", "r = r + x - 15 if r + x >= 15 else r + x"),
        ),
        "remainder of a number": (
            BIT,
            ("r = 0", "x", "r = (2*r + x) % 3", "yield r"),
            ("n = 0", "x", "n = 2*n + x", "yield n % 3"),
        ),
        "running sum": (NUMBER, ("s = 0", "x", "s += x", "yield s"), ("s = 5", "x", "s -= x", "yield 5 - s")),
        "sum of the last 7": (
            NUMBER,
            ("a=0; b=0; c=0; d=0; e=0; f=0", "x", "yield x+a+b+c+d+e+f", delay),
            ("a=0; b=0; c=0; d=0; e=0; f=0", "x", "yield x - a", "a,b,c,d,e,f = b-x, c-x, d-x, e-x, f-x, -x"),
        ),
        "spring": (
            [(-10, 10)],
            ("v = 0; p = 0", "x", "v = v + x - p", "p = p + v", "yield p"),
            ("p = 0; o = 0", "x", "p, o = p + p - o + x - p, p", "yield p"),
        ),
        "magnetic": (
            [(-10, 10)] * 2,
            ("u=0; v=0; p=0; q=0", "a, b", "u,v = u+a-v, v+b+u", "p = p+u", "q = q+v", "yield p, q"),
            ("s=0; d=0; p=0; q=0", "a, b", "s,d = s+a+b+d, d+a-b-s", "p=p+s", "q=q+d", "yield (p+q)//2, (p-q)//2"),
        ),
        "evens counter": (
            [(0, 9)],
            ("n = 0", "x", "n = n + (x % 2 == 0)", "yield n"),
            ("n = 0; o = 0", "x", "o = o + x % 2", "n = n + 1", "yield n - o"),
        ),
        "balanced, stuck": (BIT, balanced, ("d = 0", "x", "d = -1 if d < 0 else d + 1 - 2*x", "yield int(d == 0)")),
        "balanced, lowest": (
            BIT,
            balanced,
            ("d = 0; m = 0", "x", "d = d + 1 - 2*x", "m = min(m, d)", "yield int(d == 0 and m == 0)"),
        ),
        "majority of 2": (
            BIT,
            ("n = 0; m = 0", "x", "n = n + (x == 0)", "m = m + (x == 1)", "yield 0 if n >= m else 1"),
            ("d = 0", "x", "d = d + 2*x - 1", "yield int(d > 0)"),
        ),
        "majority of 3": (
            [(0, 2)],
            ("n = 0; m = 0; k = 0", "x", "n = n + (x == 0)", "m = m + (x == 1)", "k = k + (x == 2)", spread),
            (
                "d = 0; e = 0",
                "x",
                "d = d + (x == 1) - (x == 0)",
                "e = e + (x == 2) - (x == 0)",
                "yield 0 if d <= 0 and e <= 0 else 1 if d >= e else 2",
            ),
        ),
        "running max": (
            [(-99, 99)],
            ("m = 0", "x", "m = max(m, x)", "yield m"),
            ("a = 0; b = 0", "x", "yield max(max(a, b), x)", "a, b = max(a, b), x"),
        ),
        "running min": (
            [(0, 9)],
            ("m = 9", "x", "m = min(m, x)", "yield m"),
            ("r = 0", "x", "r = max(r, 9 - x)", "yield 9 - r"),
        ),
        "palindrome": (
            BIT,
            palindrome,
            ("p = 1; b = 0; d = 0", "x", "d = 2*d + b + x - p*x", "b = b + p*x", "p = 2*p", "yield int(d == 0)"),
        ),
        "no memory": (
            [(0, 9)],
            ("", "x", "yield int(x == 0 or x == 1 or x == 4 or x == 9)"),
            ("z = 0", "x", "yield (1, 1, 0, 0, 1, 0, 0, 0, 0, 1)[x]"),
        ),
    }


PAIRS: dict[str, tuple[Program, Program]] = {
    name: (program(domain, *left), program(domain, *right, name="reference"))
    for name, (domain, left, right) in _pairs().items()
}
