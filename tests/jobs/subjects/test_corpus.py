"""Texts for the jobs on language models, and how their tokens are split."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.jobs.subjects.corpus import READING, Corpus, find_corpus
from pellucid.jobs.subjects.token_rows import split_tokens

MODEL: Any = SimpleNamespace(
    tokens=lambda texts, length: torch.tensor([[int(text)] * length for text in texts]).reshape(-1, length),
    tokenizer=None,
)


@settings(max_examples=25, deadline=None)
@given(count=st.integers(20, 90), length=st.integers(1, 9), seed=st.integers(0, 5))
def test_no_row_is_on_both_sides_and_none_is_lost(count, length, seed):
    corpus = Corpus(tuple(str(i) for i in range(count)), "numbers")
    split = split_tokens(MODEL, corpus, tokens=count * length, length=length, seed=seed)
    held, train = split.held, split.train
    assert sorted(held[:, 0].tolist() + train[:, 0].tolist()) == list(range(count))
    assert len(held) == max(4, round(READING.held_out * count))


def test_another_seed_holds_out_other_texts():
    corpus = Corpus(tuple(str(i) for i in range(60)), "numbers")
    first, second = (split_tokens(MODEL, corpus, 600, 10, seed).held for seed in (0, 1))
    assert first[:, 0].tolist() != second[:, 0].tolist()


def test_too_little_text_is_refused():
    with pytest.raises(ValueError, match="19 tokens, fewer than 20 sequences of 1; give more text"):
        split_tokens(MODEL, Corpus(("7",) * 19, "few"), 100, 1, 0)


def test_texts_of_a_file_are_called_after_it(tmp_path):
    (tmp_path / "poem.txt").write_text("a line\n")
    corpus = find_corpus(tmp_path / "poem.txt")
    assert corpus.name == "poem.txt"
    assert list(corpus) == ["a line\n"]


@given(st.lists(st.integers(1, 30), min_size=1, max_size=40), st.integers(1, 300), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_a_draw_holds_as_much_as_was_asked_for_and_no_text_more(lengths, letters, seed):
    texts = tuple(chr(97 + i % 26) * n for i, n in enumerate(lengths))
    drawn = Corpus(texts, "letters").drawn(letters, seed, share=2000)
    kept = list(drawn.texts.values())
    assert drawn.to_the_end
    assert drawn.read == len(texts)
    assert all(texts[i] == text for i, text in drawn.texts.items())
    if sum(lengths) <= letters:
        assert sorted(drawn.texts) == list(range(len(texts)))
    else:
        assert sum(map(len, kept)) >= letters > sum(map(len, kept[:-1]))


class Stream:
    """A million texts that never stand in memory together; counts how many were read."""

    def __init__(self) -> None:
        self.read = 0

    def __iter__(self):
        for number in range(1_000_000):
            self.read += 1
            yield {"body": f"text {number}"}


def test_of_a_stream_no_more_is_read_than_a_fair_draw_needs():
    stream = Stream()
    drawn = Corpus(stream, "stream", "body").drawn(100, 0)
    assert not drawn.to_the_end
    assert sum(len(str(text)) for text in drawn.texts.values()) < 120
    assert stream.read < 2 * 64 * 100
    assert "drawn from the first" in drawn.note


def test_what_can_be_read_only_once_is_kept():
    corpus = Corpus.of(str(i) for i in range(3))
    assert list(corpus) == list(corpus) == ["0", "1", "2"]


def test_conversations_are_written_by_the_models_template():
    talk = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
    drawn = Corpus([{"messages": talk}, {"messages": talk}], "chats", "messages").drawn(1, 0)

    def template(messages, tokenize):
        return "".join(f"<{m['role']}>{m['content']}" for m in messages)

    tokenizer = SimpleNamespace(chat_template="...", apply_chat_template=template)
    assert drawn.written(tokenizer) == ["<user>Hi<assistant>Hello"]
    with pytest.raises(ValueError, match="no chat template; give plain text"):
        drawn.written(SimpleNamespace(chat_template=None))
