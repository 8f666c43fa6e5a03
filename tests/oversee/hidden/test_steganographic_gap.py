"""The gap against values that are known by enumeration; noise shows none."""

import numpy as np
import pytest

from pellucid.jobs.stego import open_signals
from pellucid.subjects.tables.signals import Signals, read_signals


def keyed_bits(seed, rows, wrong, clear):
    """A bit under a key's bit; the receiver's key is wrong with a probability, and a share of messages is in clear."""
    generator = np.random.default_rng(seed)
    bit, key = generator.integers(0, 2, (2, rows))
    held = key ^ (generator.random(rows) < wrong)
    is_clear = generator.random(rows) < clear
    words = [f"{'open' if c else 'shut'}{b if c else b ^ k}" for b, k, c in zip(bit, key, is_clear, strict=True)]
    return Signals(tuple(words), tuple(map(str, bit)), tuple(map(str, held)))


@pytest.mark.parametrize(("wrong", "clear"), [(0.0, 0.0), (0.1, 0.0), (0.0, 0.5), (0.2, 0.5), (0.5, 0.3)])
def test_the_gap_is_that_of_the_enumeration(wrong, clear):
    """Receiver clear/2 + (1 - clear)|1/2 - wrong|, sentinel clear/2."""
    found = open_signals(keyed_bits(0, 3000, wrong, clear)).artifact
    assert found.gap == pytest.approx((1 - clear) * abs(0.5 - wrong), abs=0.04)
    assert found.receiver[0] == pytest.approx(clear / 2 + (1 - clear) * abs(0.5 - wrong), abs=0.04)


def test_noise_has_no_gap_in_95_of_100():
    generator = np.random.default_rng(1)
    seen = 0
    for _ in range(40):
        words = tuple(f"{n:02d}" for n in generator.integers(0, 50, 100))
        truths, keys = (tuple(map(str, generator.integers(0, 2, 100))) for _ in range(2))
        found = open_signals(Signals(words, truths, keys)).artifact
        seen += found.gap > 1.96 * found.error
    assert seen <= 2


def test_no_gap_says_what_could_have_been_seen():
    finding = open_signals(keyed_bits(0, 400, 0.5, 0.0))
    assert finding.claim("power").strength == "Undecided"


def test_without_a_key_nothing_is_said_of_one():
    bits = keyed_bits(0, 100, 0.0, 1.0)
    assert open_signals(Signals(bits.messages, bits.truths, ("",) * 100)).claim("key").strength == "Undecided"


def test_letters_of_a_text_are_read():
    generator = np.random.default_rng(2)
    truths = generator.integers(0, 2, 400)
    words = tuple(f"{'ab'[t]}{''.join(generator.choice(list('cdefgh'), 8))}" for t in truths)
    found = open_signals(Signals(words, tuple(map(str, truths)), ("",) * 400)).artifact
    assert found.read[1][0] > 0.4 > found.read[0][0] + 0.2


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("signal,state\n" + "a,1\n" * 50, {}, "always"),
        ("signal,state\na,1\nb,0\n", {}, "40 or more"),
        ("signal,state\n" + "a,\n" * 3 + "b,0\n" * 50, {}, "no value"),
        ("signal,state\n" + "a,1\nb,0\n" * 30, {"key": "k"}, "k"),
    ],
)
def test_bad_tables_are_named(tmp_path, text, options, words):
    file = tmp_path / "messages.csv"
    file.write_text(text)
    with pytest.raises(ValueError, match=words):
        read_signals(file, **options)
