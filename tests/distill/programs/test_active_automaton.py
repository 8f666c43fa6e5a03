import numpy as np
import pytest

from pellucid.artifacts import Automaton
from pellucid.core import Exhausted, Measured, Tested
from pellucid.datasets import minimal_automaton, mips_task, tomita_grammar
from pellucid.distill import ActiveAutomaton, NothingFound
from pellucid.prove import prove_equivalent
from pellucid.subjects import Alphabet, BlackBox

BITS = Alphabet((0,), (1,))


def box_of(task, horizon=None):
    return BlackBox(task.label, task.alphabet, horizon or task.length)


@pytest.mark.parametrize("number", range(1, 8))
def test_every_tomita_grammar_is_learnt_by_asking(number):
    task = tomita_grammar(number)
    finding = ActiveAutomaton().explain(box_of(task), number)
    wanted, found = minimal_automaton(task.reference), finding.parts["automaton"]
    assert isinstance(found, Automaton)
    assert np.array_equal(found.transitions, wanted.transitions)
    assert np.array_equal(found.outputs, wanted.outputs)
    assert prove_equivalent(finding.artifact, task.reference).claim.strength == "Proved"
    assert not any(isinstance(claim, Tested) and claim.failures for claim in finding.claims)


def test_claims_count_what_was_asked():
    asked = []

    def answer(inputs):
        asked.append(inputs.shape)
        return tomita_grammar(4).label(inputs)

    box = BlackBox(answer, BITS, 15)
    asked.clear()
    finding = ActiveAutomaton(random_tests=100, exhaustive_tests=256, fresh_tests=50).explain(box)
    short, fresh, learnt, total = finding.claims
    assert isinstance(learnt, Measured)
    assert isinstance(total, Measured)
    assert isinstance(short, Exhausted)
    assert isinstance(fresh, Tested)
    assert total.value == sum(shape[0] for shape in asked)
    assert learnt.value < 30
    assert max(shape[1] for shape in asked) == 15
    assert short.cases == 256
    assert "up to 8 steps (and no other automaton of up to 5 states is)" in short.statement
    assert box.ledger.queries == 12  # the box that was given is left as it was


def test_several_inputs_and_a_network(seen):
    recurrence = seen("binary_addition", with_network=True).recurrence
    finding = ActiveAutomaton().explain(recurrence)
    assert finding.parts["automaton"].size == 2
    reference = mips_task("binary_addition").reference
    assert prove_equivalent(finding.artifact, reference).claim.strength == "Proved"


def test_symbols_keep_their_names():
    letters = Alphabet((0,), (1,), (("a", "b"),))
    box = BlackBox(lambda x: x.cumsum(1) % 2, letters, 8, output_symbols=("even", "odd"))
    program = ActiveAutomaton().explain(box).artifact
    assert program.inputs[0].symbols == ("a", "b")
    assert program.output_symbols == ("even", "odd")


def test_drift_beyond_the_horizon_is_not_learnt():
    def drifting(inputs):
        outputs = inputs.cumsum(1) % 2
        outputs[:, 12:] = 0
        return outputs

    assert ActiveAutomaton().explain(BlackBox(drifting, BITS, 12)).parts["automaton"].size == 2


def test_a_model_with_errors_is_forgiven_and_the_errors_are_told():
    task = tomita_grammar(7)

    def faulty(inputs):
        code = np.cumsum((inputs[:, :, 0] + 1) * 3 ** np.arange(inputs.shape[1]), 1)
        return task.label(inputs) ^ (code * 2654435761 % 1009 < 4)[:, :, None]

    finding = ActiveAutomaton().explain(BlackBox(faulty, BITS, 15))
    assert finding.parts["automaton"].size == 5
    assert prove_equivalent(finding.artifact, task.reference).claim.strength == "Proved"
    assert all(0 < claim.failures < claim.cases / 4 for claim in finding.claims if isinstance(claim, Tested))
    assert not any(isinstance(claim, Exhausted) for claim in finding.claims)


def test_an_exact_machine_comes_before_a_shorter_one_that_is_rarely_wrong():
    """1 after each eleventh 1 in a row: a machine of one state is wrong on one step in two thousand."""

    def eleven_in_a_row(inputs):
        run, outputs = np.zeros(len(inputs), dtype=int), np.zeros_like(inputs)
        for t in range(inputs.shape[1]):
            run = np.where(inputs[:, t, 0] == 1, run + 1, 0)
            outputs[:, t, 0], run = run == 11, np.where(run == 11, 0, run)
        return outputs

    finding = ActiveAutomaton().explain(BlackBox(eleven_in_a_row, BITS, 24))
    assert finding.parts["automaton"].size == 11
    assert not any(isinstance(claim, Tested) and claim.failures for claim in finding.claims)


def test_what_counts_has_no_automaton():
    with pytest.raises(NothingFound, match="most_states"):
        ActiveAutomaton(tolerances=(0.0,), most_states=10).explain(BlackBox(lambda x: x.cumsum(1), BITS, 14))


def test_a_horizon_that_is_too_short_is_named():
    with pytest.raises(NothingFound, match="where it leads is not known"):
        ActiveAutomaton().explain(BlackBox(lambda x: x.cumsum(1), BITS, 4))


def test_a_short_horizon_leaves_other_automata():
    (short,) = (c for c in ActiveAutomaton().explain(box_of(tomita_grammar(7), 6)).claims if isinstance(c, Exhausted))
    assert "no other" not in short.statement


def test_an_alphabet_of_one_symbol_and_one_too_large():
    clock = BlackBox(lambda x: (np.arange(x.shape[1])[None, :, None] % 3) + 0 * x, Alphabet((0,), (0,)), 10)
    assert ActiveAutomaton().explain(clock).parts["automaton"].size == 3
    with pytest.raises(ValueError, match="most_symbols"):
        ActiveAutomaton().explain(BlackBox(lambda x: x, Alphabet((0,), (99,)), 5))


@pytest.mark.parametrize("options", [{"random_tests": 0}, {"tolerances": ()}, {"tolerances": (1.5,)}])
def test_settings_are_checked(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        ActiveAutomaton(**options)
