"""Python expressions over integers, truth values and lists as Dafny's, with the same value wherever Dafny gives one."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .kinds import BOOL, INT, LISTS, NotTranslated
from .module import Function

_COMPARED = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
_ADDED = {ast.Add: ("+", 6), ast.Sub: ("-", 6), ast.Mult: ("*", 7)}
_LOOSE, _ATOM = 0, 9


@dataclass(frozen=True)
class Term:
    """A piece of Dafny, its type, and how tightly it is bound (9: nothing can tear it apart)."""

    text: str
    kind: str
    bound: int = _ATOM

    def within(self, bound: int) -> str:
        """The text, in brackets where it stands among what binds more tightly."""
        return self.text if self.bound >= bound else f"({self.text})"


@dataclass(frozen=True)
class Variable:
    """A Python name: what Dafny calls it, its type, and whether it is an array, whose elements can be set."""

    text: str
    kind: str
    is_array: bool = False


@dataclass(frozen=True)
class Expressions:
    """Reads expressions where `names` are known. `hoist` takes a call of a method, and gives the name of its result."""

    functions: Mapping[str, Function]
    names: Mapping[str, Variable]
    hoist: Callable[[ast.Call], Term] | None = None
    in_contract: bool = False
    result: Sequence[Term] = ()
    used: set[str] = field(default_factory=set)
    """Helpers that the text needs (`HELPERS`)."""
    changing: bool = False
    """Whether lists of the file change, so that no list may be an element of another."""

    def term(self, node: ast.expr) -> Term:
        """The expression in Dafny. Raises NotTranslated."""
        reader = getattr(self, f"_{type(node).__name__.lower()}", None)
        if reader is None:
            raise NotTranslated(node, f"{ast.unparse(node)!r} is not understood here")
        return reader(node)

    def of_kind(self, node: ast.expr, *kinds: str) -> Term:
        """The same, of one of these types."""
        found = self.term(node)
        if found.kind not in kinds:
            raise NotTranslated(node, f"{ast.unparse(node)!r} is {found.kind}, not {' or '.join(kinds)}")
        return found

    def truth(self, node: ast.expr) -> Term:
        """What Python takes a condition for: a number is true unless it is 0, a list unless it is empty."""
        found = self.term(node)
        if found.kind == BOOL:
            return found
        number = found.text if found.kind == INT else f"|{found.text}|"
        return Term(f"{Term(number, INT, found.bound).within(5) if found.kind == INT else number} != 0", BOOL, 4)

    def _constant(self, node: ast.Constant) -> Term:
        if isinstance(node.value, bool):
            return Term(str(node.value).lower(), BOOL)
        if isinstance(node.value, int):
            return Term(str(node.value), INT)
        raise NotTranslated(node, f"{node.value!r} is neither an integer nor a truth value")

    def _name(self, node: ast.Name) -> Term:
        if node.id == "result" and self.in_contract and self.result:
            if len(self.result) > 1:
                raise NotTranslated(node, "there are several results; write result[0], result[1], ...")
            return self.result[0]
        known = self.names.get(node.id)
        if known is None:
            raise NotTranslated(node, f"{node.id!r} need not have a value here; set it before, on every way")
        return Term(f"{known.text}[..]" if known.is_array else known.text, known.kind)

    def _unaryop(self, node: ast.UnaryOp) -> Term:
        if isinstance(node.op, ast.Not):
            return Term(f"!{self.truth(node.operand).within(9)}", BOOL, 8)
        operand = self.of_kind(node.operand, INT)
        if isinstance(node.op, ast.UAdd):
            return operand
        if not isinstance(node.op, ast.USub):
            raise NotTranslated(node, f"{ast.unparse(node)!r} is not understood here")
        return Term(f"-{operand.within(9)}", INT, 6)

    def _binop(self, node: ast.BinOp) -> Term:
        if type(node.op) in _ADDED:
            word, bound = _ADDED[type(node.op)]
            repeated = self._repeated(node)
            if repeated is not None:
                return repeated
            left, right = self.term(node.left), self.term(node.right)
            lists = left.kind in LISTS and left.kind == right.kind and word == "+"
            if not lists and (left.kind, right.kind) != (INT, INT):
                raise NotTranslated(node, f"{ast.unparse(node)!r}: {left.kind} {word} {right.kind} is not understood")
            return Term(f"{left.within(bound)} {word} {right.within(bound + 1)}", left.kind, bound)
        if isinstance(node.op, ast.Pow):
            return self._power(node)
        if not isinstance(node.op, ast.FloorDiv | ast.Mod):
            raise NotTranslated(node, f"{ast.unparse(node)!r} is not understood; of integers + - * // % and ** are")
        return self._rounded(node)

    def _rounded(self, node: ast.BinOp) -> Term:
        """// and %: Python rounds down, Dafny so that remainders are not negative; for positive divisors both agree."""
        left, right = self.of_kind(node.left, INT), self.of_kind(node.right, INT)
        word = "/" if isinstance(node.op, ast.FloorDiv) else "%"
        usual = f"{left.within(7)} {word} {right.within(8)}"
        if isinstance(node.right, ast.Constant) and right.text != "0":
            return Term(usual, INT, 7)
        other = f"(-{left.within(9)}) {word} (-{right.within(9)})"
        other = other if word == "/" else f"-({other})"
        return Term(f"if {right.within(5)} > 0 then {usual} else {other}", INT, _LOOSE)

    def _repeated(self, node: ast.BinOp) -> Term | None:
        """[x] * n"""
        if not (isinstance(node.op, ast.Mult) and isinstance(node.left, ast.List) and len(node.left.elts) == 1):
            return None
        item, count = self.of_kind(node.left.elts[0], INT, BOOL), self.of_kind(node.right, INT)
        helper = "RepeatedInt" if item.kind == INT else "RepeatedBool"
        self.used.add(helper)
        return Term(f"{helper}({item.text}, {count.text})", f"list[{item.kind}]")

    def _power(self, node: ast.BinOp) -> Term:
        base, exponent = self.of_kind(node.left, INT), node.right
        if not (isinstance(exponent, ast.Constant) and type(exponent.value) is int and 1 <= exponent.value <= 6):
            raise NotTranslated(node, f"{ast.unparse(node)!r}: the exponent has to be a number from 1 to 6")
        return Term(" * ".join([base.within(8)] * exponent.value), INT, 7 if exponent.value > 1 else base.bound)

    def _boolop(self, node: ast.BoolOp) -> Term:
        word, bound = ("&&", 3) if isinstance(node.op, ast.And) else ("||", 3)
        first, *rest = node.values
        later = replace(self, hoist=None)  # what is computed only sometimes is not computed before
        parts = [self.of_kind(first, BOOL), *(later.of_kind(value, BOOL) for value in rest)]
        return Term(f" {word} ".join(part.within(4) for part in parts), BOOL, bound)

    def _ifexp(self, node: ast.IfExp) -> Term:
        later, condition = replace(self, hoist=None), self.truth(node.test)
        yes, no = later.term(node.body), later.term(node.orelse)
        if yes.kind != no.kind:
            raise NotTranslated(node, f"{ast.unparse(node)!r} is {yes.kind} or {no.kind}")
        return Term(f"if {condition.text} then {yes.text} else {no.text}", yes.kind, _LOOSE)

    def _compare(self, node: ast.Compare) -> Term:
        if self.in_contract and (same := self._same_elements(node)) is not None:
            return same
        first = self.term(node.left)
        later = replace(self, hoist=None) if len(node.ops) > 1 else self
        sides = [first, *(later.term(side) for side in node.comparators)]
        parts = [self._pair(node, x, op, y) for x, op, y in zip(sides, node.ops, sides[1:], strict=False)]
        return Term(" && ".join(parts), BOOL, 4 if len(parts) == 1 else 3)

    def _pair(self, node: ast.Compare, left: Term, op: ast.cmpop, right: Term) -> str:
        if isinstance(op, ast.In | ast.NotIn) and right.kind == f"list[{left.kind}]":
            return f"{left.within(5)} {'in' if isinstance(op, ast.In) else '!in'} {right.within(5)}"
        equality = isinstance(op, ast.Eq | ast.NotEq)
        if type(op) not in _COMPARED or left.kind != right.kind or not (equality or left.kind == INT):
            raise NotTranslated(node, f"{ast.unparse(node)!r} compares {left.kind} with {right.kind}")
        return f"{left.within(5)} {_COMPARED[type(op)]} {right.within(5)}"

    def _same_elements(self, node: ast.Compare) -> Term | None:
        """sorted(a) == sorted(b): the same elements, each as often."""
        sides = (node.left, *node.comparators)
        calls = [s.args[0] for s in sides if isinstance(s, ast.Call) and _called(s) == "sorted" and len(s.args) == 1]
        if len(calls) != 2 or len(sides) != 2 or not isinstance(node.ops[0], ast.Eq):
            return None
        left, right = (self.of_kind(call, "list[int]").text for call in calls)
        return Term(f"multiset({left}) == multiset({right})", BOOL, 4)

    def _list(self, node: ast.List) -> Term:
        items = [self.term(item) for item in node.elts]
        kinds = {item.kind for item in items} or {INT}
        if len(kinds) > 1 or f"list[{min(kinds)}]" not in LISTS or (self.changing and min(kinds) in LISTS):
            raise NotTranslated(node, f"{ast.unparse(node)!r} mixes types, or holds what is not known here")
        return Term(f"[{', '.join(item.text for item in items)}]", f"list[{min(kinds)}]")

    def _subscript(self, node: ast.Subscript) -> Term:
        value, index = node.value, node.slice
        if isinstance(value, ast.Name) and value.id == "result" and self.in_contract and len(self.result) > 1:
            if isinstance(index, ast.Constant) and type(index.value) is int and 0 <= index.value < len(self.result):
                return self.result[index.value]
            raise NotTranslated(node, f"{ast.unparse(node)!r}: results are numbered from 0 to {len(self.result) - 1}")
        text, kind = self.listed(value)
        if isinstance(index, ast.Slice):
            if index.step is not None:
                raise NotTranslated(node, f"{ast.unparse(node)!r}: slices have no steps here")
            low, high = (self.place(end, value) if end is not None else "" for end in (index.lower, index.upper))
            return Term(f"{text}[{low}..{high}]", kind)
        return Term(f"{text}[{self.place(index, value)}]", LISTS[kind])

    def listed(self, node: ast.expr) -> tuple[str, str]:
        """A list where it is indexed, and its type; an array by its name."""
        if isinstance(node, ast.Name) and (known := self.names.get(node.id)) is not None and known.is_array:
            return known.text, known.kind
        found = self.of_kind(node, *LISTS)
        return found.within(9), found.kind

    def place(self, index: ast.expr, value: ast.expr) -> str:
        """An index; -1 is the last. Others below zero, which Python counts from the end, Dafny does not accept."""
        if (
            isinstance(index, ast.UnaryOp)
            and isinstance(index.op, ast.USub)
            and isinstance(index.operand, ast.Constant)
        ):
            if self.of_kind(index.operand, INT).text == "0":
                raise NotTranslated(index, "-0 is 0, not the end; write 0")
            return f"{self.length(value)} - {self.of_kind(index.operand, INT).text}"
        return self.of_kind(index, INT).text

    def length(self, node: ast.expr) -> str:
        """How many elements a list has."""
        if isinstance(node, ast.Name) and (known := self.names.get(node.id)) is not None and known.is_array:
            return f"{known.text}.Length"
        return f"|{self.of_kind(node, *LISTS).text}|"

    def _call(self, node: ast.Call) -> Term:
        name = _called(node)
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            raise NotTranslated(node, f"{ast.unparse(node)!r}: give arguments by their places")
        if name in self.functions:
            return self._own_call(node, self.functions[name])
        builtin = _BUILTINS.get(name)
        if builtin is not None and (name not in ("old",) or self.in_contract):
            return builtin(self, node)
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("count", "copy"):
            return self._method(node, node.func)
        raise NotTranslated(node, f"{ast.unparse(node)!r}: what this calls is not known here")

    def _own_call(self, node: ast.Call, function: Function) -> Term:
        if not function.is_expression:
            if self.hoist is None or self.in_contract:
                raise NotTranslated(node, f"{ast.unparse(node)!r} stands where it is not always called; call it before")
            return self.hoist(node)
        return Term(f"{function_name(function.name)}({', '.join(self.given(node, function))})", function.results[0])

    def given(self, node: ast.Call, function: Function) -> list[str]:
        """The arguments of a call of a function of the file."""
        if len(node.args) != len(function.inputs):
            raise NotTranslated(node, f"{function.name} takes {len(function.inputs)} arguments, not {len(node.args)}")
        pairs = zip(node.args, function.inputs.items(), strict=True)
        return [self._argument(argument, kind, name in function.in_place) for argument, (name, kind) in pairs]

    def _argument(self, node: ast.expr, kind: str, in_place: bool) -> str:
        if not in_place:
            return self.of_kind(node, kind).text
        known = self.names.get(node.id) if isinstance(node, ast.Name) else None
        if known is None or not known.is_array or known.kind != kind:
            raise NotTranslated(
                node, f"{ast.unparse(node)!r} is changed by the call; only a parameter can be given there"
            )
        return known.text

    def _method(self, node: ast.Call, called: ast.Attribute) -> Term:
        value = self.of_kind(called.value, *LISTS)
        if called.attr == "copy" and not node.args:
            return value
        if called.attr == "count" and len(node.args) == 1:
            return Term(f"multiset({value.text})[{self.of_kind(node.args[0], LISTS[value.kind]).text}]", INT)
        raise NotTranslated(node, f"{ast.unparse(node)!r} is not understood here")

    def _quantified(self, node: ast.Call) -> Term:
        """all(... for ... if ...), any(...)"""
        inner = node.args[0] if len(node.args) == 1 else None
        if not isinstance(inner, ast.GeneratorExp):
            raise NotTranslated(node, f"{ast.unparse(node)!r}: write it as {_called(node)}(... for ... in ...)")
        reader, names, ranges = replace(self, hoist=None), [], []
        for generator in inner.generators:
            bound, span, kind = reader._generator(generator)
            named = {ast.unparse(generator.target): Variable(bound, kind)}
            reader = replace(reader, names={**reader.names, **named})
            names.append(bound)
            ranges += [span, *(reader.truth(condition).within(4) for condition in generator.ifs)]
        said, word, link = reader.of_kind(inner.elt, BOOL), "forall", "==>"
        if _called(node) == "any":
            word, link = "exists", "&&"
        return Term(f"{word} {', '.join(names)} :: {' && '.join(ranges)} {link} {said.within(4)}", BOOL, _LOOSE)

    def _generator(self, node: ast.comprehension) -> tuple[str, str, str]:
        """A variable of a quantifier, what it ranges over, its type."""
        if not isinstance(node.target, ast.Name) or node.is_async:
            raise NotTranslated(node.iter, f"{ast.unparse(node.target)!r}: one name is expected there")
        name = dafny_name(node.target.id)
        while name in {known.text for known in self.names.values()}:
            name += "_"
        if isinstance(node.iter, ast.Call) and _called(node.iter) == "range":
            low, high = self.span(node.iter)
            return name, f"{low.within(5)} <= {name} < {high.within(5)}", INT
        listed = self.of_kind(node.iter, *LISTS)
        return name, f"{name} in {listed.within(5)}", LISTS[listed.kind]

    def span(self, node: ast.Call) -> tuple[Term, Term]:
        """From where to where range(n) or range(m, n) goes."""
        if node.keywords or not 1 <= len(node.args) <= 2:
            raise NotTranslated(node, f"{ast.unparse(node)!r}: a range has one or two ends here")
        ends = [self.of_kind(end, INT) for end in node.args]
        return (Term("0", INT), ends[0]) if len(ends) == 1 else (ends[0], ends[1])

    def _len(self, node: ast.Call) -> Term:
        return Term(self.length(_only(node)), INT)

    def _abs(self, node: ast.Call) -> Term:
        x = self.of_kind(_only(node), INT)
        return Term(f"if {x.within(5)} >= 0 then {x.text} else -{x.within(9)}", INT, _LOOSE)

    def _extreme(self, node: ast.Call) -> Term:
        """min and max of several numbers."""
        if len(node.args) < 2:
            raise NotTranslated(node, f"{ast.unparse(node)!r}: give {_called(node)} two numbers or more")
        relation, found = ("<=" if _called(node) == "min" else ">="), self.of_kind(node.args[0], INT)
        for argument in node.args[1:]:
            other = self.of_kind(argument, INT)
            text = f"if {found.within(5)} {relation} {other.within(5)} then {found.text} else {other.text}"
            found = Term(text, INT, _LOOSE)
        return found

    def _sum(self, node: ast.Call) -> Term:
        self.used.add("Sum")
        return Term(f"Sum({self.of_kind(_only(node), 'list[int]').text})", INT)

    def _copy(self, node: ast.Call) -> Term:
        return self.of_kind(_only(node), *LISTS)

    def _old(self, node: ast.Call) -> Term:
        inner = self.term(_only(node))
        changing = any(known.is_array for known in self.names.values())
        return Term(f"old({inner.text})", inner.kind) if changing else inner


_BUILTINS: Mapping[str, Callable[[Expressions, ast.Call], Term]] = {
    "len": Expressions._len,
    "abs": Expressions._abs,
    "min": Expressions._extreme,
    "max": Expressions._extreme,
    "sum": Expressions._sum,
    "list": Expressions._copy,
    "all": Expressions._quantified,
    "any": Expressions._quantified,
    "old": Expressions._old,
}

HELPERS: Mapping[str, str] = {
    "Sum": "function method Sum(s: seq<int>): int\n{ if |s| == 0 then 0 else Sum(s[..|s| - 1]) + s[|s| - 1] }",
    **{
        f"Repeated{kind.title()}": f"function method Repeated{kind.title()}(x: {kind}, n: int): (s: seq<{kind}>)\n"
        "  ensures |s| == if n < 0 then 0 else n\n  ensures forall k :: 0 <= k < |s| ==> s[k] == x\n"
        f"{{ if n <= 0 then [] else Repeated{kind.title()}(x, n - 1) + [x] }}"
        for kind in ("int", "bool")
    },
}
"""Functions that stand before the others where they are needed."""


def _called(node: ast.expr) -> str:
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""


def _only(node: ast.Call) -> ast.expr:
    if len(node.args) != 1:
        raise NotTranslated(node, f"{ast.unparse(node)!r}: one argument is expected")
    return node.args[0]


def dafny_name(name: str) -> str:
    """A Python name as Dafny takes it: a word of Dafny's gets a bar behind it. Raises NotTranslated.

    >>> dafny_name("total"), dafny_name("seq"), dafny_name("_")
    ('total', 'seq_', 'unused_')
    """
    if name == "_":
        return "unused_"
    if not name.isascii() or name.startswith("_") or name.endswith("_"):
        raise NotTranslated(0, f"the name {name!r} is not taken; rename it, with plain letters and no bar at its ends")
    return f"{name}_" if name in _RESERVED else name


def function_name(name: str) -> str:
    """How a function of the file is called in Dafny, unlike any of the helpers."""
    return f"{dafny_name(name)}_" if name in HELPERS else dafny_name(name)


_RESERVED = frozenset(
    """
    abstract array as assert assume bool break by calc case char class codatatype colemma constructor const
    copredicate datatype decreases default downto else ensures exists export extends false forall forall free
    fresh function ghost if imap import in include inductive int invariant iset iterator label lemma map match
    method modifies modify module multiset nameonly nat new newtype null object ORDINAL old opened ordinal
    predicate print protected provides reads real refines requires result return returns reveal reveals seq
    set static string then this to trait true twostate type unchanged union var where while witness yield
    yields
    """.split()  # noqa: SIM905 - a list of a hundred words, read at a glance
)
"""Words of Dafny that are none of Python's, and names that are used here."""
