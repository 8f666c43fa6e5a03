"""Expressions as text: a parser over Python's own syntax tree (nothing is ever evaluated), and the way back."""

from __future__ import annotations

import ast
import operator
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy
from sympy.printing.str import StrPrinter

from .constant_values import NoValue, checked, value_of
from .jumps import exact, modulo, step

FUNCTIONS: dict[str, Callable[..., sympy.Expr]] = {
    "exp": sympy.exp, "log": sympy.log, "ln": sympy.log, "sqrt": sympy.sqrt, "Abs": sympy.Abs, "abs": sympy.Abs,
    "sin": sympy.sin, "cos": sympy.cos, "tan": sympy.tan, "asin": sympy.asin, "acos": sympy.acos, "atan": sympy.atan,
    "arcsin": sympy.asin, "arccos": sympy.acos, "arctan": sympy.atan, "sinh": sympy.sinh, "cosh": sympy.cosh,
    "tanh": sympy.tanh, "asinh": sympy.asinh, "acosh": sympy.acosh, "atanh": sympy.atanh, "arctanh": sympy.atanh,
    "erf": sympy.erf, "sign": lambda u: sympy.sign(exact(u)), "Min": sympy.Min, "Max": sympy.Max, "atan2": sympy.atan2,
    "step": step, "floor": lambda u: sympy.floor(exact(u)), "ceiling": lambda u: sympy.ceiling(exact(u)), "Mod": modulo,
}  # fmt: skip
"""What a formula may call. Names of features win over these."""
CONSTANTS = {"pi": sympy.pi, "E": sympy.E}
_OPERATORS: Mapping[type[ast.operator], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.Div: ("/", operator.truediv),
    ast.Pow: ("**", operator.pow),
}


@dataclass(frozen=True)
class Limits:
    """What a text may ask for: far more than any formula holds, far less than what keeps a machine busy."""

    bits: int = 14_000
    """Of a number that a power makes: 10**(10**9) has three thousand million of them, and sympy writes them all out.
    Python itself prints no whole number of more."""
    root_bits: int = 512
    """Of a number under a root: sympy looks for its factors."""
    root: int = 10_000
    """Of which root of a number: sympy looks for the whole number whose power it is."""
    waves: tuple[str, ...] = ("sin", "cos", "tan")
    angle: float = 1e15
    """The largest constant in a wave: beyond it the next double is more than a radian away."""
    towers: tuple[str, ...] = (*waves, "exp", "sinh", "cosh")
    offset: float = 1e9
    """The largest number beside features in exp, sinh, cosh and waves: exp(x - 1e9) has a value only where x is known
    to nine digits, and sympy compares towers of larger ones for minutes."""
    depth: int = 150
    """Functions, signs and powers within each other: at a few hundred Python's own stack ends, or sympy's patience."""
    constant_depth: int = 10
    """The same for what holds no feature: sympy computes its sign, with more digits for every function within."""
    compared: int = 30
    """Arguments of Min and Max: every pair of them is compared."""


LIMITS = Limits()


def symbols_of(names: Iterable[str]) -> dict[str, sympy.Symbol]:
    """The real symbol of each feature; the same name always gives the same symbol.

    >>> symbols_of(["x", "y"])
    {'x': x, 'y': y}
    """
    return {name: sympy.Symbol(name, real=True) for name in names}


def parse(text: str, names: Iterable[str], longest: int = 20_000) -> sympy.Expr:
    """The expression that `text` writes over the features `names`. Raises ValueError for anything else.

    Text of more than `longest` characters is refused: no formula is so long, and sympy takes minutes over it. So are
    numbers and towers that no machine holds (`Limits`).

    >>> parse("exp(-theta**2/2)/sqrt(2*pi)", ["theta"])
    sqrt(2)*exp(-theta**2/2)/(2*sqrt(pi))
    """
    known = symbols_of(names)
    if len(text) > longest:
        raise ValueError(f"formula of {len(text):,} characters is too long; give at most {longest:,}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # of Python, about text that is refused here anyway
            tree = ast.parse(text.strip(), mode="eval")
        _refuse_deep(tree.body, text)
        return _Reader(known, text).read(tree.body).expression
    except NoValue as error:
        raise ValueError(f"formula {text[:80]!r} holds {error}; leave it out, or write its value") from None
    except (SyntaxError, RecursionError, MemoryError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ValueError(f"formula {text[:80]!r} is not understood ({reason}); write it as in Python") from None


def to_text(expression: Any, names: Iterable[str] = ()) -> str:
    """The expression as text that `parse` reads back to the same expression; floats keep every digit.

    `names` are the features, where there are others than the expression's own symbols: one may be called E or pi.

    >>> to_text(sympy.E * sympy.Symbol("E") + sympy.pi)
    'exp(1)*E + pi'
    """
    return _Printer({symbol.name for symbol in sympy.sympify(expression).free_symbols} | set(names)).doprint(expression)


class _Printer(StrPrinter):
    """sympy's own text, but a float is read back exactly, and a constant is none of the names that are `taken`."""

    def __init__(self, taken: set[str]) -> None:
        super().__init__()
        self._taken = taken

    def _print_Float(self, expr: sympy.Float) -> str:
        return repr(float(expr))

    def _print_Heaviside(self, expr: Any) -> str:
        return f"step({self._print(expr.args[0])})"

    def _print_Exp1(self, expr: sympy.Expr) -> str:
        return "exp(1)" if "E" in self._taken else "E"

    def _print_Pi(self, expr: sympy.Expr) -> str:
        return "acos(-1)" if "pi" in self._taken else "pi"


@dataclass(frozen=True)
class _Part:
    """What a part of the text means, and its value in double precision: None where a feature stands in it."""

    expression: Any
    value: float | None = None

    @classmethod
    def of(cls, expression: Any, value: float | None) -> _Part:
        """With the value of the number that sympy makes of it, where it makes one: that one is not rounded.

        Raises NoValue for infinities and what is no number.
        """
        if expression.is_Rational or expression.is_Float:
            return cls(expression, checked(expression))
        parts = expression.args if expression.is_Pow or expression.is_Function else ()
        coefficients = expression.as_coeff_Add()[0], expression.as_coeff_Mul()[0]
        for number in (expression, *parts, *coefficients):
            if number.is_finite is False:
                raise NoValue("an infinity")
            if number.is_Rational or number.is_Float:
                checked(number)
        return cls(expression, value)


class _Reader:
    """Reads the syntax tree of one text over the features that are `known`."""

    def __init__(self, known: Mapping[str, sympy.Symbol], text: str) -> None:
        self.known, self.text = known, text[:80]

    def read(self, node: ast.AST) -> _Part:
        """What a node means. Raises ValueError for what is no arithmetic, NoValue for a constant without one."""
        match node:
            case ast.Constant(int() | float() as value) if not isinstance(value, bool):
                return _Part.of(sympy.Integer(value) if isinstance(value, int) else sympy.Float(repr(value), 17), None)
            case ast.Name(name):
                return self._named(name)
            case ast.UnaryOp(ast.UAdd(), operand):
                return self.read(operand)
            case ast.UnaryOp(ast.USub(), operand):
                inner = self.read(operand)
                return _Part.of(-inner.expression, None if inner.value is None else -inner.value)
            case ast.BinOp(op=operation) if type(operation) in _OPERATORS:
                return self._combined(node)
            case ast.Call(ast.Name(name), arguments, []):
                return self._called(name, arguments)
        raise ValueError(
            f"formula {self.text!r} holds {type(node).__name__}, which is no arithmetic; write it as in Python"
        )

    def _named(self, name: str) -> _Part:
        """A feature, or else a constant."""
        if name in self.known:
            return _Part(self.known[name])
        if name in CONSTANTS:
            return _Part(CONSTANTS[name], float(CONSTANTS[name]))
        raise ValueError(f"formula names {name!r}, which is no feature; the features are {list(self.known)}")

    def _combined(self, node: ast.BinOp) -> _Part:
        left, right = self.read(node.left), self.read(node.right)
        name, apply = _OPERATORS[type(node.op)]
        if name == "**":
            _refuse_long_power(left, right)
            if left.expression == sympy.E:
                _refuse_long_exponential(right.expression)
        if name == "/" and right.value == 0:
            raise NoValue("a division by 0")
        return _Part.of(apply(left.expression, right.expression), _value(name, [left, right]))

    def _called(self, name: str, nodes: Sequence[ast.expr]) -> _Part:
        """A function of its arguments."""
        if name not in FUNCTIONS:
            raise ValueError(f"formula calls {name!r}; known functions are {', '.join(sorted(FUNCTIONS))}")
        return _Part.of(*_applied(name, [self.read(node) for node in nodes]))


def _value(name: str, parts: Sequence[_Part]) -> float | None:
    """The value of the operation on these parts, where all are constants. Raises NoValue where it has none."""
    values = [part.value for part in parts if part.value is not None]
    return value_of(name, values) if len(values) == len(parts) else None


def _refuse_deep(root: ast.AST, text: str) -> None:
    """Raises ValueError for what is nested too deep; a sum or product of many terms is not."""
    level = [root]
    for _ in range(LIMITS.depth):
        inside: list[ast.AST] = []
        while level:
            node = level.pop()
            children = list(ast.iter_child_nodes(node))
            same = isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Pow)
            level += children if same else []
            inside += [] if same else children
        if not inside:
            return
        level = inside
    raise ValueError(f"formula {text[:80]!r} is nested more than {LIMITS.depth} deep; write it flatter")


def _refuse_long_power(base: _Part, exponent: _Part) -> None:
    """Raises NoValue for a power that holds a number longer than `Limits.bits`, or a root that takes long."""
    constant = exponent.expression if exponent.value is not None else exponent.expression.as_coeff_Add()[0]
    if constant.is_zero or (exponent.value is None and base.value is None):
        return
    most = LIMITS.bits if constant.is_integer else LIMITS.root_bits
    deep = constant.is_Rational and int(constant.q) > LIMITS.root and not base.expression.is_Symbol
    if deep or not max(_size(constant), 1.0) * _longest_number(base.expression) <= most:
        shown = f"({str(base.expression)[:30]})**({str(exponent.expression)[:30]})"
        raise NoValue(f"{shown}, a number too large to write out")


def _longest_number(expression: Any) -> int:
    """The bits of the longest number that it holds; 1 where it holds none."""
    numbers = expression.atoms(sympy.Rational)
    return max((max(abs(int(n.p)), int(n.q)).bit_length() for n in numbers), default=1)


def _refuse_long_exponential(argument: Any) -> None:
    """Raises NoValue for exp(n log b) where b**n, which sympy makes of it, is too long."""
    for term in sympy.Add.make_args(argument):
        number, rest = term.as_coeff_Mul()
        for factor in sympy.Mul.make_args(rest):
            if isinstance(factor, sympy.log):
                _refuse_long_power(_Part(factor.args[0]), _Part(number, checked(number)))


def _applied(name: str, parts: Sequence[_Part]) -> tuple[Any, float | None]:
    """The function of this name, of arguments that it can take, and its value. Raises NoValue."""
    for part in parts:
        _refuse_argument(name, part)
    if name in ("Min", "Max") and parts:
        return _compared(name, parts)
    _refuse_count(name, len(parts))
    if name == "sqrt":
        _refuse_long_power(parts[0], _Part(sympy.Rational(1, 2), 0.5))
    if name == "exp":
        _refuse_long_exponential(parts[0].expression)
    value = _value(name, parts)
    if name == "atan2" and value is not None:
        return _direction(*parts), value
    return FUNCTIONS[name](*(part.expression for part in parts)), value


def _refuse_count(name: str, given: int) -> None:
    """Raises ValueError where the function does not take so many arguments."""
    wanted = 2 if name in ("atan2", "Min", "Max", "Mod") else 1
    if given != wanted:
        raise ValueError(f"{name} takes {wanted} argument{'s' if wanted > 1 else ''}; {given} are given")


def _refuse_argument(name: str, part: _Part) -> None:
    """Raises NoValue for an argument of which double precision says nothing about the function, or sympy takes long."""
    if part.value is None:
        offset = part.expression.as_coeff_Add()[0]
        if name in LIMITS.towers and abs(float(offset)) > LIMITS.offset:
            raise NoValue(f"{offset} beside features in {name}, which is too large for them")
    elif name in LIMITS.waves and abs(part.value) > LIMITS.angle:
        raise NoValue(f"{name} of {part.value:g}, which depends on digits that it has not")
    elif _height(part.expression) > LIMITS.constant_depth:
        raise NoValue(f"{name}({str(part.expression)[:30]}...), a constant nested too deep")


def _compared(name: str, parts: Sequence[_Part]) -> tuple[Any, float | None]:
    """Min or Max; among constants their values decide."""
    _refuse_many(name, parts)
    best = min if name == "Min" else max
    constants = [part for part in parts if part.value is not None]
    kept = [part for part in parts if part.value is None]
    if constants:
        kept.append(best(constants, key=lambda part: part.value or 0.0))
    if len(kept) == 1:
        return kept[0].expression, kept[0].value
    return FUNCTIONS[name](*(part.expression for part in kept)), None


def _refuse_many(name: str, parts: Sequence[_Part]) -> None:
    """Raises NoValue for a Min or Max of more than `Limits.compared` things."""
    if sum(_pieces(part.expression) for part in parts) > LIMITS.compared:
        raise NoValue(f"more than {LIMITS.compared} things in one {name}")


def _direction(y: _Part, x: _Part) -> Any:
    """atan2 of two constants, by the quadrant that they are in. Raises NoValue where both are 0."""
    if not x.value:
        if not y.value:
            raise NoValue("atan2 of 0 and 0")
        return sympy.pi / 2 if y.value > 0 else -sympy.pi / 2
    turned = 0 if x.value > 0 else sympy.pi if (y.value or 0.0) >= 0 else -sympy.pi
    return sympy.atan(y.expression / x.expression) + turned


def _height(expression: Any) -> int:
    return 1 + max((_height(each) for each in expression.args), default=-1)


def _pieces(expression: Any) -> int:
    """How many things a Min or Max compares, those within each other counted."""
    return sum(map(_pieces, expression.args)) if isinstance(expression, sympy.Min | sympy.Max) else 1


def _size(constant: Any) -> float:
    """The magnitude of a constant, infinity where it is none that can be computed."""
    try:
        return float(abs(complex(constant)))
    except (TypeError, ValueError, OverflowError):
        return float("inf")
