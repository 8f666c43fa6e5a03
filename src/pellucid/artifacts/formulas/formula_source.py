"""Formulas as functions: over numpy arrays, over torch tensors, and as a Python file that needs neither."""

from __future__ import annotations

import builtins
import operator
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np
import scipy.special
import sympy
from sympy.printing.numpy import NumPyPrinter
from sympy.printing.pycode import PythonCodePrinter

from ...algebra.expressions.text import CONSTANTS, FUNCTIONS, symbols_of, to_text


def numpy_function(expression: sympy.Expr, names: Sequence[str]) -> Callable[..., Any]:
    """The expression over arrays (rows,), one for each of `names`; fractional powers of negative numbers are NaN.

    >>> x = sympy.Symbol("x", real=True)
    >>> numpy_function(x**2 + 1, ["x"])(np.array([1.0, 2.0])).tolist()
    [2.0, 5.0]
    """
    arguments, renamed = apart(expression, names)
    return sympy.lambdify(arguments, _as_floats(renamed), modules=["scipy", "numpy"], cse=True)


def torch_function(expression: sympy.Expr, names: Sequence[str]) -> Callable[..., Any]:
    """The expression over tensors (rows,), one for each of `names`: differentiable, on any device."""
    import torch

    def tensor_of(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(value: Any) -> Any:
            return function(value if isinstance(value, torch.Tensor) else torch.as_tensor(float(value)))

        return call

    shared = (
        *("exp", "log", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan"),
        *("sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "erf"),
    )
    table: dict[str, Any] = {name: tensor_of(getattr(torch, name)) for name in shared}
    table |= {"Abs": torch.abs, "sign_of": torch.sign, "pi": float(np.pi), "E": float(np.e)}

    def pair_of(function: Callable[..., Any]) -> Callable[..., Any]:
        return _folded(lambda a, b: function(torch.as_tensor(a), torch.as_tensor(b)))

    table |= {"Min": pair_of(torch.minimum), "Max": pair_of(torch.maximum)}
    table |= {"floor": tensor_of(torch.floor), "ceiling": tensor_of(torch.ceil)}
    table["step"] = lambda value: torch.heaviside(value, torch.ones((), dtype=value.dtype))
    table["modulo"] = operator.mod
    arguments, renamed = apart(expression, names)
    return sympy.lambdify(arguments, _without_branches(_as_floats(renamed)), modules=[table], cse=True)


def jax_function(expression: sympy.Expr, names: Sequence[str]) -> Callable[..., Any]:
    """The expression over JAX arrays (rows,), one for each of `names`: for jit, grad and vmap.

    Raises ImportError, with the remedy, where JAX is not installed.
    """
    try:
        import jax.numpy as jnp  # pyright: ignore[reportMissingImports]
        from jax.scipy.special import erf  # pyright: ignore[reportMissingImports]
    except ImportError:
        raise ImportError("JAX is not installed; pip install jax, or use numpy() or torch()") from None
    table: dict[str, Any] = {"erf": erf, "Abs": jnp.abs, "sign_of": jnp.sign, "pi": float(np.pi), "E": float(np.e)}
    plain = ("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh")
    table |= {name: getattr(jnp, name) for name in plain}
    table |= {name: getattr(jnp, f"arc{name[1:]}") for name in ("asin", "acos", "atan", "asinh", "acosh", "atanh")}
    table |= {"atan2": jnp.arctan2, "Min": _folded(jnp.minimum), "Max": _folded(jnp.maximum)}
    table |= {"floor": jnp.floor, "ceiling": jnp.ceil, "step": lambda value: jnp.heaviside(value, 1.0)}
    table["modulo"] = operator.mod
    arguments, renamed = apart(expression, names)
    return sympy.lambdify(arguments, _without_branches(_as_floats(renamed)), modules=[table], cse=True)


def _without_branches(expression: Any) -> Any:
    """Steps and signs as functions by name: sympy would write an "if" for them, which no tensor takes.

    Moduli too: of 0.4*Mod(x, 6) sympy makes 0.4*x % 6, which is another number.
    """
    stepped = expression.replace(sympy.Heaviside, lambda u, _: sympy.Function("step")(u))
    whole = stepped.replace(sympy.Mod, lambda u, p: sympy.Function("modulo")(u, p))
    return whole.replace(sympy.sign, lambda u: sympy.Function("sign_of")(u))


def _folded(pair: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """A function of two as one of any number."""
    return lambda *values: reduce(pair, values)


def python_source(
    expression: sympy.Expr, names: Sequence[str], target: str, box: Sequence[tuple[float, float]] = ()
) -> str:
    """A file that computes the formula of numbers with nothing but Python's own library, of arrays with numpy.

    >>> x = sympy.Symbol("abs", real=True)
    >>> print(python_source(x**2, ["abs"], "y").partition("def ")[2].splitlines()[0])
    y(abs_):
    """
    words = (
        "math",
        "sys",
        "line",
        "print",
        "map",
        "float",
        "abs",
        "min",
        "max",
        "numpy",
        "any",
        "hasattr",
        "value",
        "values",
    )
    taken = words.__contains__
    arguments, renamed = apart(expression, names, taken)
    free = [symbol.name for symbol in arguments]
    seen = "".join(f"\n    {name}: {low:.6g} to {high:.6g}" for name, (low, high) in zip(names, box, strict=False))
    called = _renamed(target, free, taken)
    doc = "Seen for features in these ranges." + seen + "\n    " if seen else f"{target} of {', '.join(names)}."
    return f'''"""{target} = {to_text(expression, names)}"""

import math
import sys


{_definition(called, free, doc, renamed, _array_lines(free, renamed))}

if __name__ == "__main__":  # rows of {", ".join(names)} on standard input, separated by commas or spaces
    for line in sys.stdin:
        if line.strip():
            print({called}(*map(float, line.replace(",", " ").split())))
'''


def functions_source(
    title: str, functions: Sequence[tuple[str, sympy.Expr, Sequence[str], str]], note: str = ""
) -> str:
    """A module of functions, each given by name, expression, arguments and docstring; it needs nothing but `math`.

    >>> x = sympy.Symbol("x", real=True)
    >>> print(functions_source("Squares.", [("square", x**2, ["x"], "A square.")]).splitlines()[-1])
        return x**2
    """
    parts = []
    for target, expression, names, doc in functions:
        arguments, renamed = apart(expression, names, ("math", target).__contains__)
        parts.append(_definition(target, [symbol.name for symbol in arguments], _quoted(doc), renamed))
    text = f"{title}\n\n{note}\n" if note else title
    head = f'"""{_quoted(text)}"""\n'
    uses_math = any("math." in part for part in parts)
    return "\n\n".join([head + ("\nimport math\n" if uses_math else ""), *parts])


def _array_lines(arguments: Sequence[str], expression: sympy.Expr) -> str:
    """The lines of a function's body for arguments some of which are arrays."""
    code = _ArrayPrinter({"fully_qualified_modules": True, "standard": "python3"}).doprint(_as_floats(expression))
    listed = ", ".join(arguments) + ("," if len(arguments) == 1 else "")
    floats = "(numpy.asarray(value, dtype=float) for value in values)"
    return (
        f"    values = ({listed})\n"
        '    if any(hasattr(value, "__len__") for value in values):  # arrays, row by row\n'
        "        import numpy\n\n"
        f"        {listed} = numpy.broadcast_arrays(*{floats})\n"
        f"        return {code} + numpy.zeros({arguments[0]}.shape)\n"
    )


class _NumberPrinter(PythonCodePrinter):
    """Python's own functions; a modulus stands in brackets, which sympy leaves out after a decimal factor."""

    def _print_Mod(self, expr: sympy.Expr) -> str:
        return f"(({self._print(expr.args[0])}) % ({self._print(expr.args[1])}))"


class _ArrayPrinter(NumPyPrinter):
    """numpy's own functions; of several arguments the least one by one, so that numbers may stand among arrays."""

    def _print_Min(self, expr: sympy.Expr) -> str:
        return reduce(lambda a, b: f"numpy.minimum({a}, {b})", [self._print(part) for part in expr.args])

    def _print_Max(self, expr: sympy.Expr) -> str:
        return reduce(lambda a, b: f"numpy.maximum({a}, {b})", [self._print(part) for part in expr.args])

    def _print_erf(self, expr: sympy.Expr) -> str:
        return f"numpy.vectorize(math.erf, otypes=[float])({self._print(expr.args[0])})"


def _definition(name: str, arguments: Sequence[str], doc: str, expression: sympy.Expr, before: str = "") -> str:
    """The source of a function that computes the expression, in Python's own operators and `math`."""
    printer = _NumberPrinter({"fully_qualified_modules": True, "standard": "python3"})
    code = printer.doprint(expression)
    return f'def {name}({", ".join(arguments)}):\n    """{doc}"""\n{before}    return {code}\n'


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


def apart(
    expression: sympy.Expr, names: Sequence[str], is_taken: Callable[[str], bool] | None = None
) -> tuple[list[sympy.Symbol], sympy.Expr]:
    """A symbol for each name, and the expression of them, none of which has a name that compiled code needs.

    `is_taken` says which names those are; by default whatever means something in numpy, scipy.special or Python.

    >>> apart(sympy.Symbol("exp", real=True) + 1, ["exp"])
    ([exp_], exp_ + 1)
    """
    is_taken = is_taken or _is_known
    arguments = _arguments(expression, names)
    free: list[str] = []
    for number, name in enumerate(names):
        free.append(_renamed(name, [*free, *names[:number], *names[number + 1 :]], is_taken))
    symbols = [
        old if old.name == name else sympy.Symbol(name, real=True) for old, name in zip(arguments, free, strict=True)
    ]
    renamed: Any = expression.xreplace(dict(zip(arguments, symbols, strict=True)))
    return symbols, renamed


def _renamed(name: str, others: Sequence[str], is_taken: Callable[[str], bool]) -> str:
    """The name, with underscores behind it until it is neither taken nor one of the others."""
    while is_taken(name) or name in others:
        name += "_"
    return name


def _is_known(name: str) -> bool:
    """Whether the name means something where compiled formulas run: in numpy, scipy.special, Python or sympy's text."""
    homes = (np, scipy.special, builtins)
    return name in FUNCTIONS or name in CONSTANTS or any(hasattr(home, name) for home in homes)


def _as_floats(expression: Any) -> Any:
    """Exact numbers as floats (numpy raises huge integers, and integers to negative powers), exponents untouched."""
    if expression.is_number:
        small = expression.is_Integer and abs(int(expression)) < 2**31
        return expression if small or not expression.is_real else sympy.Float(expression.evalf(17), 17)
    if expression.is_Pow:
        base, exponent = expression.args
        return sympy.Pow(_as_floats(base), exponent if exponent.is_Rational else _as_floats(exponent), evaluate=False)
    return expression.func(*map(_as_floats, expression.args)) if expression.args else expression
