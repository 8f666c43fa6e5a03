"""Python statements as Dafny's: what they do to integers, truth values and lists, and what has a value where."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from .expressions import Expressions, Term, Variable, dafny_name, function_name
from .kinds import BOOL, INT, LISTS, NotTranslated, in_dafny, kind_of
from .loops import Range, range_of, removed_by, stays
from .module import Function


@dataclass
class Writer:
    """Writes the body of one function. `reader.names` are the variables that have a value here on every way."""

    function: Function
    reader: Expressions
    declared: dict[str, Variable] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    depth: int = 0
    waiting: list[str] = field(default_factory=list)
    """Declarations that go before the outermost statement at hand, so that they hold behind it, too."""
    calls: int = 0

    def write(self, line: str) -> None:
        """One line, indented."""
        self.lines.append("  " * (self.depth + 1) + line)

    def know(self, names: Mapping[str, Variable]) -> None:
        """Takes `names` for the variables that have a value from here on."""
        self.reader = replace(self.reader, names=dict(names))

    def block(self, statements: Sequence[ast.stmt], *, of_loop: bool = False) -> bool:
        """Writes statements; whether what follows them is reached.

        Only where they are the last of a loop's pass (`of_loop`) may they begin the next one by `continue`.
        """
        for at, statement in enumerate(statements):
            if of_loop and isinstance(statement, ast.If) and _skips(statement):
                return self._skipping(statement, statements[at + 1 :])
            if not self.statement(statement):
                if at + 1 < len(statements):
                    raise NotTranslated(statements[at + 1], "this is never reached; leave it out")
                return False
        return True

    def _skipping(self, node: ast.If, rest: Sequence[ast.stmt]) -> bool:
        """`if c: ...; continue`, of which the rest of the pass is the other way."""
        before, condition = dict(self.reader.names), replace(self.reader, hoist=self._hoisted).truth(node.test)
        self.write(f"if {condition.text} {{")
        self.nested(node.body[:-1])
        self.know(before)
        self.write("} else {")
        self.nested(rest, of_loop=True)
        self.write("}")
        return True

    def statement(self, node: ast.stmt) -> bool:
        """Writes one statement; whether what follows it is reached."""
        writer = getattr(self, f"_{type(node).__name__.lower()}", None)
        if writer is None:
            raise NotTranslated(node, f"{ast.unparse(node).splitlines()[0]!r} is not understood here")
        start = len(self.lines)
        reached = writer(node)
        if self.depth == 0:
            self.lines[start:start] = self.waiting
            self.waiting = []
        return reached is not False

    def nested(self, statements: Sequence[ast.stmt], *, of_loop: bool = False) -> bool:
        """Writes statements one step further in."""
        self.depth += 1
        reached = self.block(statements, of_loop=of_loop)
        self.depth -= 1
        return reached

    # assignments

    def _assign(self, node: ast.Assign) -> None:
        targets = [part for t in node.targets for part in (t.elts if isinstance(t, ast.Tuple) else [t])]
        if isinstance(node.targets[0], ast.Tuple):
            if len(node.targets) > 1:
                raise NotTranslated(node, f"{ast.unparse(node)!r}: set one tuple at a time")
            values = self._several(node, len(targets))
        else:
            values = [self._whole(node.value)] * len(targets)
            if len(targets) > 1 and values[0].kind in LISTS:
                raise NotTranslated(node, f"{ast.unparse(node)!r} gives one list two names; make two lists")
        self.store(node, targets, values)

    def _annassign(self, node: ast.AnnAssign) -> None:
        if node.value is None or not isinstance(node.target, ast.Name):
            raise NotTranslated(node, f"{ast.unparse(node)!r}: give it a value")
        kind, value = kind_of(node.annotation, node), self._whole(node.value)
        if kind in LISTS and isinstance(node.value, ast.List) and not node.value.elts:
            value = Term(value.text, kind)
        if value.kind != kind:
            raise NotTranslated(node, f"{ast.unparse(node.value)!r} is {value.kind}, not {kind}")
        self.store(node, [node.target], [value])

    def _augassign(self, node: ast.AugAssign) -> None:
        target = node.target
        if not isinstance(target, ast.Name | ast.Subscript):
            raise NotTranslated(node, f"{ast.unparse(node)!r} is not understood here")
        value = self._whole(ast.copy_location(ast.BinOp(_loaded(target), node.op, node.value), node))
        if value.kind in LISTS:
            raise NotTranslated(node, f"{ast.unparse(node)!r}: use append, or {ast.unparse(target)} = ... + ...")
        self.store(node, [target], [value])

    def store(self, node: ast.AST, targets: Sequence[ast.expr], values: Sequence[Term]) -> None:
        """Writes that all targets get their values at once."""
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        if len(set(names)) < len(names) or not all(isinstance(t, ast.Name | ast.Subscript) for t in targets):
            raise NotTranslated(node, f"{ast.unparse(node)!r} is not understood here")
        if len(names) == len(targets):
            self._store_names(node, names, values)
        elif len(targets) == 1:
            self._store_element(targets[0], values[0])
        else:
            self._store_many(node, targets, values, names)

    def _store_names(self, node: ast.AST, names: Sequence[str], values: Sequence[Term]) -> None:
        fresh = [name not in self.declared for name in names]
        here = self.depth == 0 and all(fresh)
        variables = [
            self.declare(node, name, value.kind, written=here) for name, value in zip(names, values, strict=True)
        ]
        texts = [value.text for value in values]
        empty = here and len(names) == 1 and texts == ["[]"]
        kind = f": {in_dafny(values[0].kind)}" if empty else ""
        self.write(f"{'var ' if here else ''}{', '.join(v.text for v in variables)}{kind} := {', '.join(texts)};")
        self.know({**self.reader.names, **dict(zip(names, variables, strict=True))})

    def declare(self, node: ast.AST, name: str, kind: str, *, written: bool = False) -> Variable:
        """The variable called `name`, which from now on is of this type; declared before it is used."""
        known = self.declared.get(name)
        if known is None:
            known = self.declared[name] = Variable(dafny_name(name), kind)
            if not written:
                self.waiting.append(f"  var {known.text}: {in_dafny(kind)};")
        if known.kind != kind:
            raise NotTranslated(node, f"{name!r} is {known.kind} and becomes {kind}; use another name")
        if known.is_array:
            raise NotTranslated(node, f"{name!r}, whose elements are set, becomes another list; use another name")
        return known

    def _store_element(self, target: ast.expr, value: Term) -> None:
        known, index = self._element(target, value)
        if known.is_array:
            self.write(f"{known.text}[{index}] := {value.text};")
        else:
            self.write(f"{known.text} := {known.text}[{index} := {value.text}];")

    def _element(self, target: ast.expr, value: Term) -> tuple[Variable, str]:
        """The list and the index that an assignment to an element is about."""
        assert isinstance(target, ast.Subscript)
        known = self.reader.names.get(target.value.id) if isinstance(target.value, ast.Name) else None
        if known is None or isinstance(target.slice, ast.Slice) or LISTS.get(known.kind) != value.kind:
            raise NotTranslated(target, f"{ast.unparse(target)!r} cannot be set to a value of type {value.kind} here")
        if known.kind == "list[list[int]]":
            raise NotTranslated(target, "elements of lists of lists cannot be set here")
        return known, self.reader.place(target.slice, target.value)

    def _store_many(
        self, node: ast.AST, targets: Sequence[ast.expr], values: Sequence[Term], names: Sequence[str]
    ) -> None:
        """Elements among the targets: all values first, then one target after another, as Python does it."""
        reads = any(isinstance(n, ast.Subscript | ast.Call) for t in targets for n in ast.walk(getattr(t, "slice", t)))
        if not names and not reads and (swap := self._swap(targets, values)):  # else an index may read what was set
            self.write(swap)
            return
        kept = [self._kept(value) for value in values]
        for target, value in zip(targets, kept, strict=True):
            self.store(node, [target], [value])

    def _swap(self, targets: Sequence[ast.expr], values: Sequence[Term]) -> str:
        """Several elements of one list at once; of an array Dafny asks that no element gets two values."""
        found = [self._element(target, value) for target, value in zip(targets, values, strict=True)]
        if len({known.text for known, _ in found}) > 1:
            return ""
        known = found[0][0]
        if known.is_array:
            places = ", ".join(f"{known.text}[{index}]" for _, index in found)
            return f"{places} := {', '.join(value.text for value in values)};"
        changed = "".join(f"[{index} := {value.text}]" for (_, index), value in zip(found, values, strict=True))
        return f"{known.text} := {known.text}{changed};"

    def _kept(self, value: Term) -> Term:
        self.calls += 1
        name = f"kept_{self.calls}_"
        self.write(f"var {name} := {value.text};")
        return Term(name, value.kind)

    # values

    def _whole(self, node: ast.expr) -> Term:
        """A value that is set or returned: a call of a function of the file may stand there by itself."""
        function = self.called(node)
        if function is not None and not function.is_expression:
            results = self.call(node, function)
            if len(results) != 1:
                raise NotTranslated(node, f"{ast.unparse(node)!r} has {len(results)} results; give each a name")
            return results[0]
        if self.reader.changing and _is_alias(node) and self.reader.term(node).kind in LISTS:
            raise NotTranslated(node, f"{ast.unparse(node)!r} would be one list with two names; copy it with [:]")
        return replace(self.reader, hoist=self._hoisted).term(node)

    def _several(self, node: ast.Assign, count: int) -> list[Term]:
        """The values for several targets."""
        function = self.called(node.value)
        if function is not None and len(function.results) > 1:
            values = self.call(node.value, function)
        elif isinstance(node.value, ast.Tuple):
            values = [self._one_of_several(value) for value in node.value.elts]
        else:
            raise NotTranslated(node, f"{ast.unparse(node)!r}: write the values with commas, or call a function")
        if len(values) != count:
            raise NotTranslated(node, f"{ast.unparse(node)!r}: {count} names but {len(values)} values")
        return values

    def _one_of_several(self, node: ast.expr) -> Term:
        """A value beside others, which a call may not change before they are read."""
        function = self.called(node)
        if function is not None and function.in_place:
            raise NotTranslated(node, f"{ast.unparse(node)!r} has to stand by itself")
        return self._whole(node)

    def called(self, node: ast.expr) -> Function | None:
        """The function of the file that an expression calls, where it is such a call."""
        name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
        return self.reader.functions.get(name)

    def call(self, node: ast.expr, function: Function) -> list[Term]:
        """Writes a call; its results have names of their own."""
        assert isinstance(node, ast.Call)
        if node.keywords:
            raise NotTranslated(node, f"{ast.unparse(node)!r}: give arguments by their places")
        reader = replace(self.reader, hoist=None)
        text = f"{function_name(function.name)}({', '.join(reader.given(node, function))});"
        self.calls += 1
        results = [Term(f"call_{self.calls}_{k}_", kind) for k, kind in enumerate(function.results)]
        self.write(f"var {', '.join(term.text for term in results)} := {text}" if results else text)
        return results

    def _hoisted(self, node: ast.Call) -> Term:
        """A call inside an expression, made before it: its function changes nothing."""
        function = self.called(node)
        if function is None or len(function.results) != 1 or function.in_place:
            raise NotTranslated(node, f"{ast.unparse(node)!r} has to stand by itself")
        return self.call(node, function)[0]

    # other statements

    def _expr(self, node: ast.Expr) -> None:
        value = node.value
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            return
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
            self._grow(value, value.func)
            return
        function = self.called(value)
        if function is None or function.is_expression:
            raise NotTranslated(node, f"{ast.unparse(node)!r} does nothing that is understood here")
        self.call(value, function)

    def _grow(self, node: ast.Call, called: ast.Attribute) -> None:
        """xs.append(x) and xs.pop() of lists that the function made itself."""
        name = called.value.id if isinstance(called.value, ast.Name) else ""
        known = self.reader.names.get(name)
        if known is None or known.kind not in LISTS or name in self.function.inputs or node.keywords:
            raise NotTranslated(node, f"{ast.unparse(node)!r}: only lists that the function made itself grow or shrink")
        if called.attr == "append" and len(node.args) == 1 and known.kind != "list[list[int]]":
            item = replace(self.reader, hoist=self._hoisted).of_kind(node.args[0], LISTS[known.kind])
            self.write(f"{known.text} := {known.text} + [{item.text}];")
        elif called.attr == "pop" and not node.args:
            self.write(f"{known.text} := {known.text}[..|{known.text}| - 1];")
        else:
            raise NotTranslated(node, f"{ast.unparse(node)!r} is not understood here; append and pop() are")

    def _pass(self, node: ast.Pass) -> None:
        return

    def _assert(self, node: ast.Assert) -> None:
        if any(isinstance(inner, ast.Name) and inner.id == "old" for inner in ast.walk(node.test)):
            raise NotTranslated(node, "old(...) stands in contracts only")
        self.write(f"assert {replace(self.reader, in_contract=True).truth(node.test).text};")

    def _return(self, node: ast.Return) -> bool:
        kinds = self.function.results
        if not kinds:
            if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
                raise NotTranslated(node, f"{self.function.name} returns None, as it is annotated, and a value here")
            self.write("return;")
            return False
        values = self._returned(node)
        if tuple(value.kind for value in values) != kinds:
            given = ", ".join(value.kind for value in values) or "nothing"
            raise NotTranslated(node, f"{self.function.name} returns {given} here, not {', '.join(kinds)}")
        self.write(f"return {', '.join(value.text for value in values)};")
        return False

    def _returned(self, node: ast.Return) -> list[Term]:
        value, several = node.value, len(self.function.results) > 1
        if value is None:
            return []
        if not several:
            return [self._returned_value(value)]
        function = self.called(value)
        if function is not None and len(function.results) > 1:
            return self.call(value, function)
        parts = value.elts if isinstance(value, ast.Tuple) else [value]
        named = [part.id for part in parts if isinstance(part, ast.Name)]
        if self.reader.changing and any(
            named.count(n) > 1 and self.reader.term(ast.Name(n)).kind in LISTS for n in named
        ):
            raise NotTranslated(node, "one list is returned twice; copy it with [:]")
        return [self._returned_value(part) for part in parts]

    def _returned_value(self, node: ast.expr) -> Term:
        """A list that the function made may be returned by its name; one that it was given has to be copied."""
        own = isinstance(node, ast.Name) and node.id not in self.function.inputs
        several = len(self.function.results) > 1
        return self.reader.term(node) if own else self._one_of_several(node) if several else self._whole(node)

    def _if(self, node: ast.If) -> bool:
        condition = replace(self.reader, hoist=self._hoisted).truth(node.test)
        before = dict(self.reader.names)
        self.write(f"if {condition.text} {{")
        ways = [self.nested(node.body)]
        ends = [dict(self.reader.names)]
        if node.orelse:
            self.know(before)
            self.write("} else {")
            ways.append(self.nested(node.orelse))
            ends.append(dict(self.reader.names))
        else:
            ways.append(True)
            ends.append(before)
        self.write("}")
        left = [names for way, names in zip(ways, ends, strict=True) if way]
        self.know(
            {name: known for name, known in before_or_first(left, before).items() if all(name in n for n in left)}
        )
        return any(ways)

    def _while(self, node: ast.While) -> bool:
        if node.orelse:
            raise NotTranslated(node, "a loop with else is not understood here")
        head = {n: v for n, v in self.reader.names.items() if n not in removed_by(node.body)}
        self.know(head)
        forever = isinstance(node.test, ast.Constant) and node.test.value is True
        self.write(f"while {replace(self.reader, hoist=None).truth(node.test).text}")
        self._clauses(node)
        self.nested(node.body, of_loop=True)
        self.write("}")
        self.know(head)
        return not forever or stays(node.body)

    def _for(self, node: ast.For) -> None:
        span = range_of(node, self)
        head = {n: v for n, v in self.reader.names.items() if n not in removed_by([node])}
        self.know({**head, **span.at_head})
        self.write(f"while {span.condition}")
        self._clauses(node)
        self.know({**head, **span.inside})
        self.depth += 1
        for line in span.first:
            self.write(line)
        reached = self.block(node.body, of_loop=True)
        if reached:
            self.write(span.step)
        self.depth -= 1
        self.write("}")
        self.know(head)

    def _clauses(self, node: ast.While | ast.For) -> None:
        """What is said of a loop, and its opening bracket."""
        reader = replace(self.reader, in_contract=True, hoist=None)
        for clause in self.function.inside.get(node.lineno, ()):
            self.write(f"  {clause.word} {clause_text(reader, clause.word, clause.said)}")
        self.write("{")

    def _break(self, node: ast.Break) -> bool:
        self.write("break;")
        return False


def clause_text(reader: Expressions, word: str, said: ast.expr) -> str:
    """A clause in Dafny: a condition; of a measure, numbers."""
    if word != "decreases":
        return reader.of_kind(said, BOOL).text
    parts = said.elts if isinstance(said, ast.Tuple) else [said]
    return ", ".join(reader.of_kind(part, INT).text for part in parts)


def before_or_first(left: Sequence[dict[str, Variable]], before: dict[str, Variable]) -> dict[str, Variable]:
    """The variables of the first way that goes on; those before, where none does."""
    return left[0] if left else before


def _skips(node: ast.If) -> bool:
    """`if c: ...; continue`"""
    return isinstance(node.body[-1], ast.Continue) and not node.orelse


def _is_alias(node: ast.expr) -> bool:
    """Whether a value may be an object that has a name already."""
    if isinstance(node, ast.IfExp):
        return _is_alias(node.body) or _is_alias(node.orelse)
    return isinstance(node, ast.Name) or (isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice))


def _loaded(target: ast.Name | ast.Subscript) -> ast.expr:
    """What stands on the left of +=, as a value."""
    return ast.parse(ast.unparse(target), mode="eval").body


__all__ = ["Range", "Writer", "clause_text"]
