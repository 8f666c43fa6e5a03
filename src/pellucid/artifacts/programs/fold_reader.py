"""Python text to folds: the inverse of `fold_text`, and the door for specifications that people write.

What is read is a function of one argument (the steps) that sets integers, then loops over the steps once, yielding one
output (or tuple of outputs) a step:

    def running_sum(steps):
        total = 0
        for x in steps:
            total += x
            yield total

In the loop: assignments, if/elif/else, one yield, and the expressions that `expression_reader` reads; around the
function, what `module_names` says. Anything else raises `NotAFold`, which names the line.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import singledispatch

import numpy as np

from .expression import Expression, Name, Number, Operation, apply, evaluate, obligations, substitute
from .expression_reader import SPELLED, NotAFold, Value, as_bool, as_int, known, read_expression, refuse
from .fold import Fold, Input, Register
from .module_names import bindings, constants, local_names
from .python_text import to_python


@dataclass
class _Step:
    """What is known at a place in the loop: the values of names, and what was yielded."""

    values: dict[str, Value]
    output: Value | None = None
    computed: list[Expression] = field(default_factory=list)
    """Everything that Python computes on the way, used later or not."""

    def copy(self) -> _Step:
        return _Step(dict(self.values), self.output, self.computed)

    def read(self, node: ast.expr) -> Value:
        """What an expression means here."""
        value = read_expression(node, self.values)
        if isinstance(value, Expression):
            self.computed.append(value)
        return value


def read_fold(
    source: str,
    inputs: Sequence[Input] | Sequence[tuple[int, int]],
    *,
    function: str | None = None,
    description: str = "",
) -> Fold:
    """The fold that the generator function in `source` (the one called `function`, or the last) spells out.

    `inputs` says, for each variable of the loop, which integers it ranges over. Raises `NotAFold` (a ValueError) where
    the text is not a fold, SyntaxError where it is not Python.

    >>> fold = read_fold("def parity(bits):\\n  p = 0\\n  for x in bits:\\n    p = p ^ x\\n    yield p", [(0, 1)])
    >>> [(register.name, register.initial) for register in fold.registers]
    [('p', 0)]
    """
    module = ast.parse(source)
    definitions = [node for node in module.body if isinstance(node, ast.FunctionDef) and function in (None, node.name)]
    if not definitions:
        raise NotAFold(f"no function {function or ''} in the text; define one that loops over its steps and yields")
    definition = definitions[-1]
    _refuse_other_meanings(definition, bindings(module))
    try:
        hidden = local_names(definition)
        known_constants = {name: value for name, value in constants(module).items() if name not in hidden}
        return _read_function(definition, known_constants, inputs, description)
    except NotAFold:
        raise
    except (
        ValueError,
        TypeError,
        LookupError,
        ArithmeticError,
        RecursionError,
    ) as error:  # two inputs of one name, a table with an index too few
        raise NotAFold(f"line {definition.lineno}: {definition.name} is no fold ({error})") from None


def _refuse_other_meanings(definition: ast.FunctionDef, names: Mapping[str, int]) -> None:
    """Refuses calls of min, max, ... where the text gives these names a meaning of its own."""
    called = [node.func for node in ast.walk(definition) if isinstance(node, ast.Call)]
    rebound = {name for name, times in names.items() if times} | local_names(definition)
    for function in called:
        if isinstance(function, ast.Name) and function.id in rebound:
            refuse(function, f"{function.id} (the text gives it another meaning)")


def _read_function(
    definition: ast.FunctionDef,
    given: Mapping[str, Value],
    inputs: Sequence[Input] | Sequence[tuple[int, int]],
    description: str,
) -> Fold:
    setup, loop, documentation = _parts(definition)
    start = _Step(dict(given))
    _run(setup, start)
    if start.output is not None:
        raise NotAFold(f"line {definition.lineno}: {definition.name} yields before its loop; yield once a step")
    read = _inputs(loop, inputs)
    changed = _assigned(loop.body)
    initial = {n: _integer(v, n) for n, v in start.values.items() if n in changed and n not in given}
    step = _Step({**start.values, **{name: Name(name) for name in (*initial, *(i.name for i in read))}})
    _run(loop.body, step)
    if step.output is None:
        raise NotAFold(f"line {loop.lineno}: the loop yields nothing; yield one output a step")
    registers = tuple(Register(name, value, as_int(step.values[name])) for name, value in initial.items())
    fold = Fold(read, registers, _as_outputs(step.output), definition.name, description or documentation.split("\n")[0])
    _refuse_hidden_faults(fold, (*start.computed, *step.computed))
    return fold


def _refuse_hidden_faults(fold: Fold, computed: Sequence[Expression]) -> None:
    """Refuses what Python computes, and may fail to, where the fold does not: a value that nothing uses."""
    met = {needed for expression in fold.expressions for needed in obligations(expression)}
    for needed in dict.fromkeys(needed for expression in computed for needed in obligations(expression)):
        if needed not in met and not _always_holds(needed):
            raise NotAFold(f"a value that is not used has none unless {to_python(needed)}; leave it out")


def _always_holds(condition: Expression) -> bool:
    """Whether it is true of constants alone; what depends on a register or an input may not be."""
    with np.errstate(all="ignore"):
        return not condition.names and bool(evaluate(condition, {}))


def _as_outputs(value: Value) -> tuple[Expression, ...]:
    return tuple(as_int(output) for output in (value if isinstance(value, tuple) else (value,)))


def _parts(definition: ast.FunctionDef) -> tuple[list[ast.stmt], ast.For, str]:
    """What a function sets up, its loop over its one argument, and its docstring."""
    argument, documentation = _only_argument(definition), ast.get_docstring(definition)
    *setup, loop = definition.body[documentation is not None :] or definition.body
    if not isinstance(loop, ast.For) or loop.orelse or not _is_name(loop.iter, argument):
        raise NotAFold(f"line {loop.lineno}: the function must end in one loop over its steps")
    if argument in _assigned(definition.body):
        raise NotAFold(f"line {definition.lineno}: {definition.name} sets {argument}, its steps, to something else")
    return setup, loop, documentation or ""


def _only_argument(definition: ast.FunctionDef) -> str:
    """The name of the steps. Raises `NotAFold` where the function takes more, or is not what its text says."""
    given = definition.args
    names = [node.arg for node in ast.walk(given) if isinstance(node, ast.arg)]
    if len(names) != 1:
        raise NotAFold(f"line {definition.lineno}: {definition.name} takes {len(names)} arguments, not 1")
    if definition.decorator_list or given.vararg or given.kwonlyargs or given.kwarg:
        raise NotAFold(f"line {definition.lineno}: {definition.name} is decorated, or takes no plain argument")
    return names[0]


def _run(statements: Sequence[ast.stmt], step: _Step) -> None:
    """Changes `step` as the statements do, one after another."""
    for statement in statements:
        _execute(statement, step)


@singledispatch
def _execute(statement: ast.stmt, step: _Step) -> None:
    """Changes `step` as the statement does; refuses what is none of the statements below."""
    refuse(statement, ast.unparse(statement).split("\n")[0])


@_execute.register(ast.Pass)
def _(statement: ast.Pass, step: _Step) -> None:
    return


@_execute.register(ast.Assign)
def _(statement: ast.Assign, step: _Step) -> None:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            step.values[name] = step.read(value)
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
            read = [step.read(value) for value in values]
            if len(targets) != len(read):
                raise NotAFold(f"line {statement.lineno}: {len(targets)} names but {len(read)} values")
            step.values.update(zip((_one_name(target) for target in targets), read, strict=True))
        case _:
            refuse(statement, ast.unparse(statement).split("\n")[0])


@_execute.register(ast.AnnAssign)
def _(statement: ast.AnnAssign, step: _Step) -> None:
    """`n: int = 0`; what is said of a function's own name is never computed."""
    if not isinstance(statement.target, ast.Name) or not statement.simple or statement.value is None:
        refuse(statement, ast.unparse(statement))
    step.values[statement.target.id] = step.read(statement.value)


@_execute.register(ast.AugAssign)
def _(statement: ast.AugAssign, step: _Step) -> None:
    operator = SPELLED.get(type(statement.op))
    if operator is None or not isinstance(statement.target, ast.Name):
        refuse(statement, ast.unparse(statement))
    left = as_int(known(statement.target.id, step.values, statement))
    right = as_int(step.read(statement.value))
    step.values[statement.target.id] = value = apply(operator, left, right)
    step.computed.append(value)


@_execute.register(ast.Expr)
def _(statement: ast.Expr, step: _Step) -> None:
    """A yield; no other expression does anything on its own."""
    if not isinstance(statement.value, ast.Yield) or statement.value.value is None:
        refuse(statement, ast.unparse(statement).split("\n")[0])
    if step.output is not None:
        raise NotAFold(f"line {statement.lineno}: a second yield in one step; yield once")
    given = statement.value.value
    if isinstance(given, ast.Tuple):
        step.output = tuple(as_int(step.read(element)) for element in given.elts)
    else:
        step.output = step.read(given)


@_execute.register(ast.If)
def _(statement: ast.If, step: _Step) -> None:
    """Both branches are run; a name that only one of them sets is unknown after it."""
    condition = as_bool(step.read(statement.test))
    then, otherwise = step.copy(), step.copy()
    _run(statement.body, then)
    _run(statement.orelse, otherwise)
    if (then.output is None) != (otherwise.output is None):
        raise NotAFold("a step that yields only under a condition; yield on every path")
    if then.output is not None and otherwise.output is not None:
        step.output = _either(condition, then.output, otherwise.output)
    step.values = {
        name: _either(condition, value, otherwise.values[name])
        for name, value in then.values.items()
        if name in otherwise.values
    }


def _either(condition: Expression, then: Value, otherwise: Value) -> Value:
    """`then if condition else otherwise`, where the two differ."""
    if then == otherwise:
        return then
    if not (isinstance(then, tuple) and isinstance(otherwise, tuple)):
        return apply("if", condition, as_int(then), as_int(otherwise))
    if len(then) != len(otherwise):
        raise NotAFold(f"yields of {len(then)} and of {len(otherwise)} outputs; yield as many on every path")
    return tuple(apply("if", condition, as_int(a), as_int(b)) for a, b in zip(then, otherwise, strict=True))


def _integer(value: Value, name: str) -> int:
    value = substitute(as_int(value), {})
    if isinstance(value, Operation) and value.operator == "negate" and isinstance(value.operands[0], Number):
        return -value.operands[0].value
    if not isinstance(value, Number):
        raise NotAFold(f"{name} must start as a constant integer")
    return value.value


def _inputs(loop: ast.For, inputs: Sequence[Input] | Sequence[tuple[int, int]]) -> tuple[Input, ...]:
    """The variables of the loop with the ranges that were given for them."""
    names = _target_names(loop.target)
    if len(names) != len(inputs):
        raise NotAFold(
            f"line {loop.lineno}: the loop reads {len(names)} inputs a step, the sequences have {len(inputs)}"
        )
    return tuple(_input(name, given) for name, given in zip(names, inputs, strict=True))


def _input(name: str, given: Input | tuple[int, int]) -> Input:
    return replace(given, name=name) if isinstance(given, Input) else Input(name, *given)


def _assigned(statements: list[ast.stmt]) -> set[str]:
    nodes = [node for statement in statements for node in ast.walk(statement)]
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _target_names(target: ast.expr) -> list[str]:
    """What a loop calls its inputs. One input is read as it is: `for (x,) in steps` would unpack a number."""
    if not isinstance(target, ast.Tuple):
        return [_one_name(target)]
    return [_one_name(e) for e in target.elts] if len(target.elts) > 1 else refuse(target, ast.unparse(target))


def _one_name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else refuse(node, ast.unparse(node))


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
