"""Heads that do one thing come back as the program of it; the answers are the model's own."""

import numpy as np
import pytest
import torch

from pellucid.jobs.head import open_head
from pellucid.look.layers.prompt_functions import prompt_functions
from pellucid.subjects.models.language_model import LanguageModel

COUNT = 10
WIDTH = 2 * COUNT


class Digits:
    """A tokenizer of ten digits."""

    bos_token_id = eos_token_id = None

    def __call__(self, texts, **given):
        return {"input_ids": [[int(letter) for letter in text.strip()] for text in texts]}


class Layer(torch.nn.Module):
    """Two heads that attend to the last token: one writes the digit after it, the other the digit itself."""

    def __init__(self):
        super().__init__()
        self.value = torch.nn.Linear(WIDTH, WIDTH, bias=False)
        self.out = torch.nn.Linear(WIDTH, WIDTH, bias=False)
        eye = torch.eye(COUNT)
        value = torch.zeros(WIDTH, WIDTH)
        value[:COUNT, :COUNT] = eye.roll(1, 0)  # the first head's: n -> n + 1
        value[COUNT:, :COUNT] = eye
        self.value.weight.data = value
        self.out.weight.data = torch.cat([torch.zeros(COUNT, WIDTH), torch.cat([3 * eye, eye], 1)])

    def forward(self, x):
        reach = torch.arange(x.shape[1], dtype=x.dtype)
        weights = torch.softmax((reach[None] - 1e3 * (reach[None] > reach[:, None])) * 2, 1)
        return x + self.out(weights @ self.value(x))


class Model(torch.nn.Module):
    class config:
        num_attention_heads = 2

    def __init__(self):
        super().__init__()
        self.table = torch.nn.Embedding(COUNT, WIDTH)
        self.table.weight.data = torch.eye(COUNT, WIDTH)
        self.layers = torch.nn.ModuleList([Layer()])
        self.head = torch.nn.Linear(WIDTH, COUNT, bias=False)
        self.head.weight.data = torch.eye(WIDTH)[COUNT:]

    def forward(self, input_ids):
        x = self.table(input_ids)
        for layer in self.layers:
            x = layer(x)
        return self.head(x)


@pytest.fixture(scope="module")
def asked():
    model = LanguageModel(Model().eval().requires_grad_(False), Digits(), "digits")
    return prompt_functions(model, "{a}{b}", tuple("0123456789"))


def test_each_head_says_what_it_was_made_to(asked):
    b = asked.cases[:, 1]
    assert (asked.function([(0, 0)]).outputs == (b + 1) % 10).all()
    assert (asked.function([(0, 1)]).outputs == b).all()
    assert (asked.function([(0, 0), (0, 1)]).outputs == (b + 1) % 10).all()


def test_the_whole_model_says_what_it_says(asked):
    with torch.no_grad():
        said = Model()(torch.tensor(asked.cases))[:, -1].argmax(-1).numpy()
    assert (asked.function().outputs == said).all()


def test_the_successor_head_becomes_its_program(asked):
    finding = open_head(asked, "0.0", model="digits", prompt="{a}{b}")
    assert finding.artifact.to_python().rstrip().endswith("yield (b + 1) % 10")
    program = next(claim for claim in finding.claims if claim.key == "program")
    assert (program.strength, program.cases) == ("Exhausted", 100)
    assert "100%" in finding.provenance.settings["notes"][1]


def test_a_head_is_found_that_has_a_short_program(asked):
    text = open_head(asked).artifact.to_python().rstrip()
    assert text.endswith(("yield b", "yield (b + 1) % 10"))


@pytest.mark.parametrize(("heads", "text"), [("0.7", "give 0 to 1"), ("nine", "give them as 4.7")])
def test_heads_that_are_not_there_are_refused(asked, heads, text):
    with pytest.raises(ValueError, match=text):
        open_head(asked, heads)


def test_a_prompt_without_a_slot_is_refused(asked):
    model = LanguageModel(Model(), Digits(), "digits")
    with pytest.raises(ValueError, match="slot"):
        prompt_functions(model, "12", ("1", "2"))
    assert np.isfinite(asked.scores).all()
