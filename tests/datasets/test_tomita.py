import re
from itertools import product

import numpy as np
import pytest

from pellucid.datasets import minimal_automaton, mips_task, sample_varying, tomita_grammar, tomita_grammars

LANGUAGES = {
    1: lambda word: set(word) <= {"1"},
    2: lambda word: re.fullmatch("(10)*", word),
    3: lambda word: not re.search("(?<!1)1(11)*0(00)*(?!0)", word),
    4: lambda word: "000" not in word,
    5: lambda word: word.count("0") % 2 == word.count("1") % 2 == 0,
    6: lambda word: (word.count("0") - word.count("1")) % 3 == 0,
    7: lambda word: re.fullmatch("0*1*0*1*", word),
}


@pytest.mark.parametrize("number", LANGUAGES)
def test_the_fold_is_the_language(number):
    words = np.array(list(product((0, 1), repeat=9)))
    answers = tomita_grammar(number).label(words[:, :, None])[:, :, 0]
    for word, answer in zip(words, answers, strict=True):
        text = "".join(map(str, word))
        assert answer.tolist() == [bool(LANGUAGES[number](text[: t + 1])) for t in range(9)]


def test_sizes_are_the_known_ones():
    sizes = [minimal_automaton(task.reference).size for task in tomita_grammars().values()]
    assert sizes == [2, 3, 5, 4, 4, 3, 5]


@pytest.mark.parametrize("number", LANGUAGES)
def test_accepted_and_rejected_prefixes_are_both_common(number):
    task = tomita_grammar(number)
    assert 0.2 < task.sample(1000).outputs.mean() < 0.9
    assert task.sample(5, 3).fingerprint() == task.sample(5, 3).fingerprint() != task.sample(5, 4).fingerprint()


def test_lengths_vary():
    data = sample_varying(tomita_grammar(2), 400, shortest=3)
    assert set(data.lengths.tolist()) == set(range(3, 16))
    assert (data.mask.sum(1) == data.lengths).all()
    with pytest.raises(ValueError, match="shortest=16"):
        sample_varying(tomita_grammar(2), 10, shortest=16)


@pytest.mark.parametrize("number", [0, 8, "3", True])
def test_there_are_only_seven(number):
    with pytest.raises(ValueError, match="1 to 7"):
        tomita_grammar(number)


def test_minimal_automata_of_other_folds():
    assert minimal_automaton(mips_task("base_4_addition").reference).size == 2
    assert minimal_automaton(mips_task("bitwise_and").reference).size == 1
    with pytest.raises(ValueError, match="finite state"):
        minimal_automaton(mips_task("evens_counter").reference)
