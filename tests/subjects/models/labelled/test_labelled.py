"""Labelled texts and activations: from a file, out of a model, and what the model does when they are changed."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from pellucid.nets.state_transformer import Block
from pellucid.subjects.models.coded import Coded, code_activations
from pellucid.subjects.models.labelled.labelled import Labelled, LabelledSets
from pellucid.subjects.models.labelled.labelled_module import label_module
from pellucid.subjects.models.labelled.labelled_site import label_site, label_sites, last_logits, with_codes
from pellucid.subjects.models.labelled.labelled_texts import LabelledTexts
from pellucid.subjects.models.language_model import LanguageModel
from pellucid.subjects.models.site import Site


class Tiny(nn.Module):
    """A causal model of letters, with an output as transformers gives it."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.embed, self.layers = nn.Embedding(128, 16), nn.ModuleList(Block(16, 2) for _ in range(2))
        self.head = nn.Linear(16, 128)

    def forward(self, ids):
        x = self.embed(ids)
        for layer in self.layers:
            x = layer(x)
        return SimpleNamespace(logits=self.head(x))


@pytest.fixture
def model():
    with torch.random.fork_rng():
        network = Tiny().eval()
    return SimpleNamespace(
        model=network, layers=("layers.0", "layers.1"), context=40, device=torch.device("cpu"), width=16,
        encode=lambda texts: [[ord(letter) for letter in text] for text in texts],
        tokenizer=SimpleNamespace(bos_token_id=None),
    )  # fmt: skip


@pytest.fixture
def texts():
    return LabelledTexts(("ab cd ef.", "a longer one.", "x y z.", "bbb."), [0, 1, 1, 0], ("false", "true"))


def test_values_are_the_models_own(model, texts):
    found = label_sites(model, ["layers.0", "layers.1"], texts, batch_size=2)
    for i, text in enumerate(texts.texts):
        with torch.no_grad():
            x = model.model.layers[0](model.model.embed(torch.tensor([[ord(letter) for letter in text]])))
        assert np.allclose(found["layers.0"].values[i], x[0, -1].numpy(), atol=1e-6)
    assert found["layers.1"].groups == texts.groups


def test_behaviour_puts_values_in_their_place(model, texts):
    found = label_site(model, "layers.0", texts, answers=("p", "q"), shuffle_seed=0)
    behaviour, rows = found.behaviour, np.array([1, 3])
    own = behaviour.run(found.values[rows], rows)
    plain = last_logits(model, [texts.texts[i] for i in rows], ("p", "q"))
    assert np.allclose(own, plain, atol=1e-4)
    assert not np.allclose(behaviour.run(found.values[rows] + 5, rows), plain, atol=1e-2)
    assert found.shuffled.shape == found.values.shape


def test_an_earlier_position_is_read_and_changed(model):
    texts = LabelledTexts(("abcd", "efgh"), [0, 1], ("a", "b"), position=-3)
    found = label_site(model, "layers.0", texts, answers=("p", "q"))
    changed = found.behaviour.run(found.values[::-1], np.array([0, 1]))
    assert not np.allclose(changed, last_logits(model, texts.texts, ("p", "q")), atol=1e-4)


class TestEncoder:
    """A small BERT with a class token, a separator and padding, as encoders have them."""

    words = ("abc", "a", "a longer one with many letters", "xyz w")

    @pytest.fixture
    def encoder(self):
        transformers = pytest.importorskip("transformers")
        config = transformers.BertConfig(
            vocab_size=32, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=16,
            max_position_embeddings=64,
        )  # fmt: skip

        class Letters:
            bos_token_id, eos_token_id, cls_token_id, sep_token_id = None, None, 1, 2

            def __call__(self, texts, add_special_tokens=True, verbose=True):
                plain = [[3 + (ord(letter) - ord("a")) % 28 for letter in text.replace(" ", "")] for text in texts]
                return {"input_ids": [[1, *ids, 2] for ids in plain] if add_special_tokens else plain}

        with torch.random.fork_rng():
            torch.manual_seed(0)
            return LanguageModel(transformers.BertModel(config).eval(), Letters())

    @pytest.mark.parametrize(("position", "at"), [("first", 0), (-1, -2), ("mean", None)])
    def test_each_text_is_read_as_alone_and_as_padded(self, encoder, position, at):
        assert encoder.frame == ((1,), (2,))
        texts = LabelledTexts(self.words, [0, 1, 1, 0], ("a", "b"), position=position)
        found = label_sites(encoder, ["encoder.layer.0", "encoder.layer.1"], texts)
        padded = encoder.padded(self.words)
        for path in found:
            together = Site(encoder, path, padded).read()
            for i, text in enumerate(self.words):
                alone = Site(encoder, path, torch.tensor(encoder.tokenizer([text])["input_ids"])).read()[0]
                in_batch = together[i, : len(alone)]
                for vectors in (alone, in_batch):
                    wanted = vectors.mean(0) if at is None else vectors[at]
                    assert np.allclose(found[path].values[i], wanted.numpy(), atol=1e-5)

    def test_has_no_next_words(self, encoder):
        texts = LabelledTexts(self.words, [0, 1, 1, 0], ("a", "b"))
        with pytest.raises(ValueError, match="predicts no next token"):
            label_site(encoder, "encoder.layer.0", texts, answers=("p", "q"))


def test_a_mean_is_read_and_moved(model):
    texts = LabelledTexts(("ab c.", "d ef g."), [0, 1], ("a", "b"), position="mean")
    found = label_site(model, "layers.0", texts, answers=("p", "q"))
    own = found.behaviour.run(found.values, np.array([0, 1]))
    assert np.allclose(own, last_logits(model, texts.texts, ("p", "q")), atol=1e-4)
    assert not np.allclose(found.behaviour.run(found.values + 5, np.array([0, 1])), own, atol=1e-2)
    with pytest.raises(ValueError, match="sees nothing of the text"):
        label_site(model, "layers.0", replace(texts, position="first"))
    with pytest.raises(ValueError, match="'first' or 'mean'"):
        replace(texts, position="middle")


def test_names_are_no_control_of_word_order(model):
    texts = LabelledTexts(("rome", "oslo", "paris", "new york"), [0, 1, 1, 0], ("a", "b"))
    assert label_site(model, "layers.0", texts, shuffle_seed=0).shuffled is None


def test_nan_names_the_first_module(model, texts):
    torch.nn.init.constant_(model.model.layers[0].mixed.weight, float("nan"))
    with pytest.raises(ValueError, match=r"first module to put any out is 'layers.0.mixed'"):
        label_site(model, "layers.1", texts)


@pytest.mark.parametrize(
    ("words", "answers", "message"),
    [
        (("a" * 41, "b"), (), "more than the context of 40"),
        (("", "b"), (), "none at position -1"),
        (("a", "b"), ("yes", "you"), "begin with the same token"),
    ],
)
def test_refuses_texts_and_answers(model, words, answers, message):
    with pytest.raises(ValueError, match=message):
        label_site(model, "layers.0", LabelledTexts(words, [0, 1], ("a", "b")), answers=answers)


def test_unknown_path_names_the_nearest(model, texts):
    with pytest.raises(ValueError, match=r"layers"):
        label_site(model, "layer.0", texts)


def test_label_module_replaces_a_position():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 2))
    x = torch.linspace(0, 1, 40).reshape(5, 4, 2)
    found = label_module(net, "1", x, np.arange(5.0))
    rows = np.array([2, 4])
    with torch.no_grad():
        assert np.allclose(found.behaviour.run(found.values[rows], rows), net(x)[rows, -1].numpy(), atol=1e-6)


def test_nan_is_told_with_its_row():
    values = np.zeros((4, 2))
    values[2, 1] = np.nan
    with pytest.raises(ValueError, match="first in row 2"):
        Labelled(values, [0, 1, 0, 1])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"y": [0, 1]}, "2 rows|values 4 rows"),
        ({"y": [0, 1, 0, np.inf]}, "first in row 3"),
        ({"y": [0, 1, 0, 1], "groups": ("a",)}, "one for each row"),
        ({"y": np.zeros((4, 2))}, "name each of them"),
        ({"y": [0, 1, 0, 1], "shuffled": np.zeros((4, 3))}, "give the same rows"),
    ],
)
def test_shapes_are_checked(given, message):
    with pytest.raises(ValueError, match=message):
        Labelled(np.eye(4), **given)


def test_two_classes_are_asked_for():
    with pytest.raises(ValueError, match="RidgeProbe"):
        Labelled(np.eye(3), [0.5, 1, 2]).need_two_classes()
    with pytest.raises(ValueError, match="every row is 'a'"):
        Labelled(np.eye(3), [0, 0, 0], names=("a", "b")).need_two_classes()
    with pytest.raises(ValueError, match="at least two"):
        LabelledSets({"a": Labelled(np.eye(3), [0, 1, 0])})


def test_shuffled_words_stay_the_same_words():
    texts = LabelledTexts(("one two three four.",), [0], ("a", "b"))
    words = texts.shuffled(np.random.default_rng(1))[0]
    assert words.endswith(".")
    assert sorted(words.removesuffix(".").split()) == ["four", "one", "three", "two"]


def test_codes_become_dense():
    class Two:
        size, decoder = 3, torch.eye(3)

        def encode(self, x):
            return SimpleNamespace(values=x[:, :1], indices=torch.full((len(x), 1), 2))

    labelled = with_codes(Labelled(np.eye(3), [0, 1, 0]), Two())
    assert labelled.codes.tolist() == [[0, 0, 1], [0, 0, 0], [0, 0, 0]]
    assert code_activations(Two(), np.eye(3)).latents == 3
    with pytest.raises(ValueError, match="there are 3 latents"):
        Coded([[1.0]], [[3]], np.eye(3))
