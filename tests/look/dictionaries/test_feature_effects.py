"""Effects of features are those of taking them away in every sequence, as computed by hand; estimates are judged."""

from __future__ import annotations

import pytest
import torch
from torch.nn.functional import cross_entropy, normalize

from pellucid.artifacts.features.dictionary import Dictionary
from pellucid.look.dictionaries.dictionary_at_site import DictionaryAtSite
from pellucid.look.dictionaries.feature_effects import feature_effects
from pellucid.look.dictionaries.feature_removal import FeatureRemoval
from pellucid.look.dictionaries.feature_survey import FeatureSurvey
from pellucid.subjects.models.site import Site

transformers = pytest.importorskip("transformers")
WIDTH, SIZE, ROWS, LENGTH = 16, 24, 6, 12


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def llama():
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=40, hidden_size=WIDTH, intermediate_size=32, num_hidden_layers=4, num_attention_heads=2,
        num_key_value_heads=2, max_position_embeddings=64, initializer_range=0.5,
    )  # fmt: skip
    return transformers.LlamaForCausalLM(config).eval()


@pytest.fixture(scope="module")
def dictionary():
    rows = normalize(torch.randn(SIZE, WIDTH, generator=generator(1)), dim=1)
    return Dictionary("TopK", rows.T, rows, torch.zeros(SIZE), torch.zeros(WIDTH), k=3)


@pytest.fixture(scope="module")
def inputs():
    """Some rows are padded."""
    tokens = torch.randint(3, 40, (ROWS, LENGTH), generator=generator())
    mask = torch.ones_like(tokens)
    mask[1, 7:], mask[4, 3:] = 0, 0
    return {"attention_mask": mask, "input_ids": tokens.masked_fill(mask == 0, 0)}


def by_hand(llama, dictionary, inputs, path, feature):
    """(loss gained in each row, times it fires in each row) without `feature`, from plain hooks."""
    module, mask = llama.get_submodule(path), inputs["attention_mask"].bool()
    labels = inputs["input_ids"].masked_fill(~mask, -100)

    def losses(change):
        def hook(module, args, output):
            return (change(output[0]), *output[1:]) if isinstance(output, tuple) else change(output)

        handle = module.register_forward_hook(hook)
        try:
            with torch.no_grad():
                logits = llama(**inputs).logits
        finally:
            handle.remove()
        flat = cross_entropy(logits[:, :-1].transpose(1, 2), labels[:, 1:], reduction="none", ignore_index=-100)
        return flat.double().sum(1)

    fired = torch.zeros(ROWS)

    def without(x):
        codes = dictionary.encode(x.reshape(-1, WIDTH))
        strength = (codes.values * (codes.indices == feature)).sum(1).reshape(ROWS, LENGTH) * mask
        fired.copy_((strength > 0).sum(1))
        return x - strength[..., None] * dictionary.decoder[feature]

    return losses(without) - losses(lambda x: x), fired


@pytest.mark.parametrize("path", ["model.layers.2", "model.layers.1.mlp", "model.embed_tokens"])
def test_true_effects_are_of_all_rows(llama, dictionary, inputs, path):
    found = feature_effects(
        dictionary, Site(llama, path, inputs), rows=ROWS, shown=6, drawn=6, limit=1e9, generator=generator()
    )
    known = found.exact.isfinite().nonzero()[:, 0].tolist()
    assert len(known) == 12
    for feature in known:
        gained, fired = by_hand(llama, dictionary, inputs, path, feature)
        assert float(found.exact[feature]) == pytest.approx(float(gained.sum() / fired.sum()), rel=1e-3, abs=1e-4)
        if (fired > 0).sum() > 1:
            rest = [(gained.sum() - gained[i]) / (fired.sum() - fired[i]).clamp_min(1e-30) for i in range(ROWS)]
            rest = torch.stack(rest)
            spread = float(((rest - rest.mean()) ** 2).mean().mul(ROWS - 1).sqrt())
            assert float(found.error[feature]) == pytest.approx(spread, rel=1e-2, abs=1e-3)


def test_the_estimates_are_judged_on_features_drawn_at_random(llama, dictionary, inputs):
    site = Site(llama, "model.layers.2", inputs)
    method = FeatureSurvey(exact_effects=4, random_effects=8, examples=2, spread=1)
    found = method.explain(DictionaryAtSite(dictionary, site))
    claim = next(claim for claim in found.claims if claim.key == "estimates_agree")
    assert "8 features drawn from" in claim.statement
    atlas = found.artifact
    best = (atlas.ablation_estimate * atlas.density).argsort()
    assert atlas.is_run.sum() == 12
    assert len(best) == SIZE


def test_the_order_is_that_of_true_effects(llama, dictionary, inputs):
    site = Site(llama, "model.layers.2", inputs)
    method = FeatureSurvey(exact_effects=4, random_effects=4, examples=2, spread=1)
    atlas = method.explain(DictionaryAtSite(dictionary, site)).artifact
    order = atlas.by_effect()
    run = atlas.is_run[order]
    assert run[:8].all()
    assert not run[8:].any()
    cost = (atlas.ablation * atlas.density)[order[:8]]
    assert (cost[:-1] >= cost[1:]).all()


def test_layers_before_the_site_are_not_run_again(llama, dictionary, inputs):
    """The first layer runs for the estimates and to fill the cache, not for each feature."""
    calls = []
    handle = llama.model.layers[0].self_attn.register_forward_hook(lambda *_: calls.append(1))
    try:
        site = Site(llama, "model.layers.2", inputs)
        feature_effects(dictionary, site, rows=ROWS, shown=12, drawn=0, limit=1e9, generator=generator())
    finally:
        handle.remove()
    assert len(calls) < 12


def test_of_a_module_that_is_run_several_times_no_effect_is_told(llama, dictionary, inputs):
    """Codes are read at its first run, and every run would be edited: what comes out is no effect of those codes."""
    site = Site(llama, "model.layers.0.post_attention_layernorm", inputs)
    assert site.calls == 1
    shared = torch.nn.Sequential(torch.nn.Embedding(40, WIDTH), torch.nn.Linear(WIDTH, WIDTH))
    net = torch.nn.Sequential(*shared, shared[1], torch.nn.Linear(WIDTH, 40))
    site = Site(net, "1", inputs["input_ids"])
    assert site.calls == 2
    with pytest.raises(ValueError, match="'1' is run 2 times in a pass, of which the first is read"):
        feature_effects(dictionary, site, rows=ROWS, shown=4, drawn=4, limit=1e9, generator=generator())
    atlas = FeatureSurvey().explain(DictionaryAtSite(dictionary, site)).artifact
    assert len(atlas.alive)
    assert not atlas.is_run.any()
    assert not torch.from_numpy(atlas.ablation_estimate).isfinite().any()


@pytest.mark.parametrize("path", ["model.layers.1", "model.layers.2.mlp"])
def test_passes_over_the_end_of_a_row_give_what_whole_ones_give(llama, dictionary, path, monkeypatch):
    """With the keys and values of the tokens before the first change kept, of rows that end in other batches."""
    tokens = torch.randint(3, 40, (ROWS, 40), generator=generator())
    runs = []
    whole = FeatureRemoval._whole_passes
    monkeypatch.setattr(FeatureRemoval, "_whole_passes", lambda *given: runs.append(1) or whole(*given))
    found = []
    for fewest in (0, 10**9):
        monkeypatch.setattr(FeatureRemoval, "fewest", fewest)
        site = Site(llama, path, tokens)
        found.append(feature_effects(
            dictionary, site, rows=ROWS, shown=9, drawn=8, limit=1e9, generator=generator()
        ))  # fmt: skip
    assert len(runs) == 1
    short, long = found
    assert short.exact.isfinite().sum() == 17
    assert torch.allclose(short.exact, long.exact, rtol=1e-3, atol=1e-4, equal_nan=True)
    assert torch.allclose(short.error, long.error, rtol=1e-2, atol=1e-4, equal_nan=True)


def test_padded_rows_are_run_whole(llama, dictionary, inputs, monkeypatch):
    monkeypatch.setattr(FeatureRemoval, "fewest", 0)
    found = feature_effects(
        dictionary, Site(llama, "model.layers.2", inputs), rows=ROWS, shown=3, drawn=0, limit=1e9, generator=generator()
    )
    feature = int(found.exact.isfinite().nonzero()[0])
    gained, fired = by_hand(llama, dictionary, inputs, "model.layers.2", feature)
    assert float(found.exact[feature]) == pytest.approx(float(gained.sum() / fired.sum()), rel=1e-3, abs=1e-4)
