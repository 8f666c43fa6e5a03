"""Texts for the jobs on language models, and how their tokens are split."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.jobs.corpus import READING, Corpus, find_corpus, split_tokens

MODEL: Any = SimpleNamespace(
    tokens=lambda texts, length: torch.tensor([[int(text)] * length for text in texts]).reshape(-1, length)
)


@settings(max_examples=25, deadline=None)
@given(count=st.integers(20, 90), length=st.integers(1, 9), seed=st.integers(0, 5))
def test_no_row_is_on_both_sides_and_none_is_lost(count, length, seed):
    corpus = Corpus(tuple(str(i) for i in range(count)), "numbers")
    held, train = split_tokens(MODEL, corpus, tokens=count * length, length=length, seed=seed)
    assert sorted(held[:, 0].tolist() + train[:, 0].tolist()) == list(range(count))
    assert len(held) == max(4, round(READING.held_out * count))


def test_another_seed_holds_out_other_texts():
    corpus = Corpus(tuple(str(i) for i in range(60)), "numbers")
    first, second = (split_tokens(MODEL, corpus, 600, 10, seed)[0] for seed in (0, 1))
    assert first[:, 0].tolist() != second[:, 0].tolist()


def test_too_little_text_is_refused():
    with pytest.raises(ValueError, match="19 tokens, fewer than 20 sequences of 1; give more text"):
        split_tokens(MODEL, Corpus(("7",) * 19, "few"), 100, 1, 0)


def test_texts_of_a_file_are_called_after_it(tmp_path):
    (tmp_path / "poem.txt").write_text("a line\n")
    corpus = find_corpus(tmp_path / "poem.txt")
    assert corpus.name == "poem.txt"
    assert "a line" in corpus.texts[0]
