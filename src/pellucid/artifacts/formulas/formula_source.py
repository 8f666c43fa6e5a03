"""Formulas as functions: over numpy arrays, over torch tensors, and as a Python file that needs neither."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import sympy
from sympy.printing.pycode import PythonCodePrinter

from ...algebra.text import symbols_of, to_text

_SCRIPT = '''"""{title}"""

import math
import sys


def {target}({arguments}):
    """{doc}"""
    return {code}


if __name__ == "__main__":  # rows of {columns} on standard input, separated by commas or spaces
    for line in sys.stdin:
        if line.strip():
            print({target}(*map(float, line.replace(",", " ").split())))
'''
_FUNCTION = '''def {target}({arguments}):
    """{doc}"""
    return {code}
'''
_TAKEN = ("math", "sys", "line", "print", "map", "float", "abs", "min", "max")
"""Names that the file needs for itself."""


def numpy_function(expression: sympy.Expr, names: Sequence[str]) -> Callable[..., Any]:
    """The expression over arrays, one for each of `names`; fractional powers of negative numbers are NaN."""
    return sympy.lambdify(_arguments(expression, names), _as_floats(expression), modules=["scipy", "numpy"], cse=True)


def torch_function(expression: sympy.Expr, names: Sequence[str]) -> Callable[..., Any]:
    """The expression over tensors, one for each of `names`: differentiable, on any device."""
    import torch

    def tensor_of(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(value: Any) -> Any:
            return function(value if isinstance(value, torch.Tensor) else torch.as_tensor(float(value)))

        return call

    table: dict[str, Any] = {name: tensor_of(getattr(torch, name)) for name in _SHARED}
    table |= {"Abs": torch.abs, "sign": torch.sign, "pi": float(np.pi), "E": float(np.e)}
    table |= {"Min": torch.minimum, "Max": torch.maximum}
    return sympy.lambdify(_arguments(expression, names), _as_floats(expression), modules=[table], cse=True)


_SHARED = (
    "exp", "log", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh",
    "atanh", "erf",
)  # fmt: skip


def python_source(
    expression: sympy.Expr, names: Sequence[str], target: str, box: Sequence[tuple[float, float]] = ()
) -> str:
    """A file that computes the formula with nothing but Python's own library."""
    printer = PythonCodePrinter({"fully_qualified_modules": True, "standard": "python3"})
    arguments = _arguments(expression, names)
    free = [f"{name}_" if name in _TAKEN else name for name in names]
    renamed = expression.xreplace({old: sympy.Symbol(new) for old, new in zip(arguments, free, strict=True)})
    seen = "".join(f"\n    {name}: {low:.6g} to {high:.6g}" for name, (low, high) in zip(names, box, strict=False))
    return _SCRIPT.format(
        title=f"{target} = {to_text(expression)}",
        target=f"{target}_" if target in _TAKEN or target in free else target,
        arguments=", ".join(free),
        doc="Seen for features in these ranges." + seen + "\n    " if seen else f"{target} of {', '.join(names)}.",
        code=printer.doprint(renamed),
        columns=", ".join(names),
    )


def functions_source(
    title: str, functions: Sequence[tuple[str, sympy.Expr, Sequence[str], str]], note: str = ""
) -> str:
    """A module of functions, each given by name, expression, arguments and docstring; it needs nothing but `math`."""
    printer = PythonCodePrinter({"fully_qualified_modules": True, "standard": "python3"})
    parts = []
    for target, expression, names, doc in functions:
        arguments = _arguments(expression, names)
        free = [f"{name}_" if name in ("math", target) else name for name in names]
        renamed = expression.xreplace({old: sympy.Symbol(new) for old, new in zip(arguments, free, strict=True)})
        code = printer.doprint(renamed)
        parts.append(_FUNCTION.format(target=target, arguments=", ".join(free), doc=_quoted(doc), code=code))
    told = f"{title}\n\n{note}\n" if note else title
    head = f'"""{_quoted(told)}"""\n'
    uses_math = any("math." in part for part in parts)
    return "\n\n".join([head + ("\nimport math\n" if uses_math else ""), *parts])


def _quoted(text: str) -> str:
    """For the inside of a docstring."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _arguments(expression: sympy.Expr, names: Sequence[str]) -> list[sympy.Symbol]:
    """One symbol for each name: the expression's own where it has one."""
    known = symbols_of(names)
    own = {symbol.name: symbol for symbol in expression.free_symbols if isinstance(symbol, sympy.Symbol)}
    unknown = sorted(set(own) - set(names))
    if unknown:
        raise ValueError(f"formula names {unknown}, which are no features; the features are {list(names)}")
    return [own.get(name, known[name]) for name in names]


def _as_floats(expression: Any) -> Any:
    """Exact numbers as floats (numpy raises huge integers, and integers to negative powers), exponents untouched."""
    if expression.is_number:
        small = expression.is_Integer and abs(int(expression)) < 2**31
        return expression if small or not expression.is_real else sympy.Float(expression.evalf(17), 17)
    if expression.is_Pow:
        base, exponent = expression.args
        return sympy.Pow(_as_floats(base), exponent if exponent.is_Rational else _as_floats(exponent), evaluate=False)
    return expression.func(*map(_as_floats, expression.args)) if expression.args else expression
