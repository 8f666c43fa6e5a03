"""Programs of finite functions: the shortest rule for what a circuit answers on every case, and its exceptions.

Michaud et al., Opening the AI black box: program synthesis via mechanistic interpretability (arXiv 2402.05110), do this
for recurrent networks; here every case is known, so that exceptions can be counted and weighed against the rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int
from numpy.typing import NDArray

from ...artifacts.programs.expression import Expression
from ...artifacts.programs.fold import Input
from ...artifacts.programs.program import Program
from ...core.claim import Claim, Exhausted, Measured, Undecided
from ...core.context import Context
from ...core.method import Found, Method
from ...subjects.operations.finite_function import FiniteFunction
from .synthesis.enumeration import ALL_OPERATORS, BINARY, Bank
from .synthesis.tidy import tidy

Describe = Callable[[Int[np.ndarray, " cases"]], tuple[float, tuple[int, int], int]]
"""Bits saved, the expression's size and row in the bank, and the cases in which it is wrong."""


@dataclass(frozen=True)
class FiniteProgram(Method[FiniteFunction, Program]):
    """All answers of a finite function -> the program for which program and exceptions together are shortest.

        bits = nodes log2(operators + inputs + constants) + wrong (log2 cases + log2 answers)

    Every expression up to `largest` nodes is tried (fewer where there are more than `limit`), on every case. Where none
    is wrong, that is `Exhausted`. Beside it stand random orders of the answers, for which the same search is made, and,
    where they are known, the other parts of the network. Where those do as well, that there is a rule is undecided.

    >>> n = np.arange(26)
    >>> found = FiniteProgram().explain(FiniteFunction(n[:, None], (n + 1) % 26, ("n",)))
    >>> print(found.artifact.to_python().splitlines()[-1].strip(), "|", found.claims[0].evidence)
    yield (n + 1) % 26 | 26 cases
    """

    largest: int = 6
    limit: int = 8_000
    """Expressions that are kept: with 100 cases, 20 random orders and 300 heads that is a minute."""
    shuffles: int = 20
    significance: float = 0.05

    def _find(self, subject: FiniteFunction, context: Context) -> Found[Program]:
        bank, best = self._search(subject)
        saved, place, wrong = best(subject.outputs)
        size, row = place
        expression = tidy(bank.expression("int", size, row))
        generator = np.random.default_rng(context.stream("shuffles"))
        rivals = [] if subject.others is None else [best(other)[0] for other in subject.others]
        drawn = []
        context.reporter.start("random orders of the answers", self.shuffles)
        for _ in range(self.shuffles):
            order = generator.permutation(subject.cases)
            looked_at = subject.others if subject.selected and subject.others is not None else subject.outputs[None]
            drawn.append(max((best(one[order]) for one in looked_at), key=lambda found: found[0]))
            context.reporter.advance()
        context.reporter.finish()
        claims = self._claims(subject, saved, wrong, drawn, rivals)
        return Found(_program(subject, expression), tuple(claims))

    def saving(self, subject: FiniteFunction) -> float:
        """The bits that a program saves against the commonest answer for every case, without any control."""
        return self._search(subject)[1](subject.outputs)[0]

    def _search(self, subject: FiniteFunction) -> tuple[Bank, Describe]:
        """The expressions, and what finds the shortest description of answers among them."""
        bank, values, places = self._expressions(subject)
        sizes = np.array([size for size, _ in places])
        cost = np.log2(len(ALL_OPERATORS) + len(subject.names) + len(bank.constants))
        wrong_costs = np.log2(subject.cases) + np.log2(max(2, len(np.unique(subject.outputs))))

        def best(outputs: Int[np.ndarray, " cases"]) -> tuple[float, tuple[int, int], int]:
            wrong = (values != outputs).sum(1)
            bits = sizes * cost + wrong * wrong_costs
            place = int(bits.argmin())
            commonest = cost + (subject.cases - np.unique(outputs, return_counts=True)[1].max()) * wrong_costs
            return float(commonest - bits[place]), places[place], int(wrong[place])

        return bank, best

    def _expressions(self, subject: FiniteFunction) -> tuple[Bank, NDArray[np.int64], list[tuple[int, int]]]:
        """The bank, the values (expressions, cases) of all it holds, and size and row of each."""
        least = subject.outputs.min()
        shifted = subject.outputs - least
        answers = (np.bincount(shifted).argmax() + least, shifted.max() + least, shifted.max() + least + 1)
        ends = (subject.inputs.max(), subject.inputs.max() + 1)  # of n values, what wraps around or carries does at n
        constants = tuple(dict.fromkeys(int(one) for one in (0, 1, 2, *answers, *ends)))
        columns = {name: subject.inputs[:, i] for i, name in enumerate(subject.names)}
        bank = Bank(columns, constants, frozenset((*BINARY, "//", "%", "abs", "if")), self.limit)
        while bank.size < self.largest and bank.grow():
            pass
        values, places = [], []
        for size in range(1, bank.size + 1):
            level = bank.levels.get(("int", size))
            if level is not None:
                values.append(level.values)
                places += [(size, row) for row in range(len(level))]
        return bank, np.concatenate(values), places

    def _claims(
        self,
        subject: FiniteFunction,
        saved: float,
        wrong: int,
        drawn: list[tuple[float, tuple[int, int], int]],
        rivals: list[float],
    ) -> list[Claim]:
        cases, claims = subject.cases, list[Claim]()
        as_good = sum(one[0] >= saved for one in drawn)
        statement = f"the program says what {subject.title} says"
        if not wrong:
            domain = " x ".join(
                f"{len(np.unique(column))} {n}" for n, column in zip(subject.names, subject.inputs.T, strict=True)
            )
            claims.append(Exhausted(statement, domain=domain, cases=cases, key="program"))
        right = float(np.mean([1 - one[2] / cases for one in drawn]))
        claims.append(
            Measured(
                f"share of all {cases} cases in which {statement}; baseline: as short programs for random orders of "
                "its answers", 1 - wrong / cases, "", right, key="agreement",
            )
        )  # fmt: skip
        claims.append(
            Measured(
                f"saved by program and exceptions against the commonest answer; baseline: the mean of {len(drawn)} "
                "random orders of the answers"
                + (", the best part of each" if subject.selected else "")
                + f", of which {as_good} save as much",
                saved, "bits", float(np.mean([one[0] for one in drawn])), key="saved",
            )
        )  # fmt: skip
        if rivals:
            share = float(np.mean([one >= saved for one in rivals]))
            statement = f"share of the network's {len(rivals)} heads for whose answers a program saves as much"
            claims.append(Measured(statement, share, "", key="heads_as_good"))
        if (1 + as_good) / (1 + len(drawn)) > self.significance or len(np.unique(subject.outputs)) == 1:
            one_answer = len(np.unique(subject.outputs)) == 1
            reason = (
                "its answer is always the same" if one_answer else f"{as_good} of {len(drawn)} random orders do as well"
            )
            claims.append(Undecided(f"{subject.title} follows a rule", reason, "give more cases", key="rule"))
        return claims


def _program(subject: FiniteFunction, expression: Expression) -> Program:
    inputs = []
    for i, name in enumerate(subject.names):
        low, high = int(subject.inputs[:, i].min()), int(subject.inputs[:, i].max())
        missing = tuple(sorted(set(range(low, high + 1)) - set(subject.inputs[:, i].tolist())))
        inputs.append(Input(name, low, high, subject.symbols[i] if subject.symbols else (), missing))
    return Program(
        tuple(inputs), (), (expression,), "answer", f"what {subject.title} says", output_symbols=subject.output_symbols
    )
