import numpy as np
import pytest
import torch

from pellucid.subjects import Alphabet, BlackBox, Recurrence, black_box_of, module_black_box
from pellucid.subjects.sequences.black_box import Contradiction

BITS = Alphabet((0,), (1,))


def parity(inputs):
    return inputs.cumsum(1) % 2


def box(answer=parity, alphabet=BITS, horizon=6, **options):
    return BlackBox(answer, alphabet, horizon, **options)


def words(*texts):
    return np.array([[[int(c)] for c in text] for text in texts])


def test_only_what_memory_does_not_hold_is_asked():
    asked = box(horizon=40)
    before = asked.ledger.queries
    assert before == 12
    assert asked.ask(words("01101", "01101", "11111"))[:, -1, 0].tolist() == [1, 1, 1]
    assert (asked.ledger.queries - before, asked.ledger.steps) == (2, 12 * 40 + 10)
    assert asked.ask(words("0110"))[0, :, 0].tolist() == [0, 1, 0, 0]
    assert asked.ledger.queries - before == 2
    assert asked.knows(words("01101")).all()
    assert not asked.knows(words("0000000")).any()
    asked.ask(words("011"), remember=False)
    assert asked.ledger.queries - before == 3


def test_words_of_several_lengths_cost_one_query_where_they_are_prefixes():
    asked = box(horizon=40)
    before = asked.ledger.queries
    answers = asked.ask_words([(1,), (1, 1, 0, 1), (1, 1)])
    assert [a[:, 0].tolist() for a in answers] == [[1], [1, 0, 0, 1], [1, 0]]
    assert asked.ledger.queries - before == 1


def test_batches_are_no_larger_than_asked_for():
    sizes = []

    def answer(inputs):
        sizes.append(len(inputs))
        return parity(inputs)

    inputs = np.random.default_rng(1).integers(0, 2, (50, 30, 1))
    assert (box(answer, horizon=30, batch=16).ask(inputs) == parity(inputs)).all()
    assert max(sizes) == 16


def test_memory_may_be_small_or_symbols_many():
    inputs = np.random.default_rng(0).integers(-9000, 9000, (20, 6, 2))
    answer = lambda x: x.sum(2, keepdims=True)  # noqa: E731
    asked = box(answer, Alphabet((-9000, -9000), (9000, 9000)), most_remembered=10)
    assert (asked.ask(inputs) == answer(inputs)).all()
    assert asked.ledger.queries == 12 + 20
    assert not asked.knows(inputs).any()


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda x: x[:, :, 0], "answered with shape"),
        (lambda x: x[:, -1:], "one answer for each prefix"),
        (lambda x: x / 3, "fractions"),
        (lambda x: np.where(x > 0, np.nan, 0.0), "NaN"),
        (lambda x: x.astype(str), "dtype"),
        (lambda x: x[:, ::-1], "causal"),
        (lambda x: np.full(x.shape, x.sum()), "causal"),
    ],
)
def test_unusable_answers_are_named(answer, message):
    with pytest.raises(ValueError, match=message):
        box(answer)


def test_a_model_that_throws_dice_is_refused_or_counted():
    generator = np.random.default_rng(0)

    def dice(inputs):
        return generator.integers(0, 2, inputs.shape)

    with pytest.raises(Contradiction, match="deterministic"):
        box(dice)
    asked = box(dice, strict=False)
    first = asked.ask(words("010101"))
    assert (asked.ask(words("010101")) == first).all()
    assert asked.ledger.contradictions > 0


def test_what_changes_later_is_noticed_too():
    late = {"flip": 0}
    asked = box(lambda x: (parity(x) + late["flip"]) % 2)
    asked.ask(words("0101"))
    late["flip"] = 1
    with pytest.raises(Contradiction, match="prefix of"):
        asked.ask(words("010111", "010110", "010101", "010100"))


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (np.zeros((2, 3)), "shape"),
        (np.zeros((0, 3, 1)), "empty"),
        (np.zeros((1, 7, 1)), "answers up to 6"),
        (np.full((1, 2, 1), 2), "outside"),
    ],
)
def test_unusable_questions_are_named(inputs, message):
    with pytest.raises(ValueError, match=message):
        box().ask(inputs)


def test_settings_are_checked():
    for options in ({"horizon": 0}, {"batch": 0}):
        with pytest.raises(ValueError, match=next(iter(options))):
            box(**options)


def test_the_same_model_has_the_same_fingerprint_and_starts_afresh():
    asked = box()
    asked.ask(words("010101"))
    again = asked.fresh()
    assert again.ledger.queries == 12
    assert again.fingerprint() == asked.fingerprint() != box(lambda x: 1 - parity(x)).fingerprint()


def test_a_recurrence_is_asked_like_any_other_model():
    recurrence = Recurrence(lambda s, x: ((s + x) % 2, (s + x) % 2), np.zeros(1), BITS, horizon=9)
    asked = black_box_of(recurrence)
    inputs = words("011010011")
    assert asked.horizon == 9
    assert (asked.ask(inputs) == parity(inputs)).all()


class Running(torch.nn.Module):
    """Scores of parity: +1 where it is odd."""

    def forward(self, tokens):
        return (2 * (tokens.cumsum(1) % 2) - 1).float()[:, :, None]


def test_an_exported_program_answers():
    sizes = {"tokens": {0: torch.export.Dim("batch"), 1: torch.export.Dim("steps", max=64)}}
    program = torch.export.export(Running(), (torch.zeros(2, 3, dtype=torch.long),), dynamic_shapes=sizes)
    asked = module_black_box(program.module(), BITS, 8, "threshold")
    inputs = np.random.default_rng(0).integers(0, 2, (20, 8, 1))
    assert (asked.ask(inputs) == parity(inputs)).all()


def test_modules_that_do_not_fit_are_named():
    with pytest.raises(ValueError, match="decoding"):
        module_black_box(Running(), BITS, 8, "softmax")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="NaN"):
        module_black_box(lambda x: x[:, :, None] * torch.tensor(torch.nan), BITS, 8)
    with pytest.raises(ValueError, match="scores"):
        module_black_box(lambda x: x, BITS, 8)
    numbers = module_black_box(lambda x: x.cumsum(1), Alphabet((-5,), (5,)), 8, "round", tokens=False)
    assert numbers.ask(np.array([[[3], [-4]]]))[0, :, 0].tolist() == [3, -1]
