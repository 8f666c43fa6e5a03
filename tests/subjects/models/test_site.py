import pytest
import torch
from torch import nn

from pellucid.subjects.models.site import Site


@pytest.fixture
def net():
    torch.manual_seed(0)
    return nn.Sequential(nn.Embedding(30, 6), nn.Linear(6, 5), nn.Dropout(0.5), nn.Linear(5, 3))


@pytest.fixture
def tokens():
    return torch.randint(0, 30, (10, 7), generator=torch.Generator().manual_seed(1))


def test_reads_in_order_and_without_dropout(net, tokens):
    site = Site(net, "2", tokens, batch_size=3)
    assert (site.rows, site.length, site.width) == (10, 7, 5)
    # in batches of the same size: matrix products of other sizes may round otherwise
    expected = torch.cat([net[1](net[0](rows)) for rows in tokens.split(3)]).detach()
    assert torch.equal(site.read(), expected)
    assert torch.equal(torch.cat(list(site.batches())), expected.reshape(-1, 5))
    assert torch.equal(site.activations().tokens, tokens.reshape(-1))
    assert site.positions.tolist()[0] == list(range(7))
    assert net[2].training


def test_rows_without_attention_are_left_out(tokens):
    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.table = nn.Embedding(30, 4)

        def forward(self, input_ids, attention_mask):
            return self.table(input_ids)

    mask = torch.ones_like(tokens)
    mask[0, 3:] = 0
    site = Site(Model(), "table", {"input_ids": tokens, "attention_mask": mask})
    found = site.activations()
    assert found.count == 66
    assert found.lengths.tolist() == [3] + [7] * 9
    assert site.read().shape == (10, 7, 4)
    assert sum(len(part) for part in site.batches()) == 66


def test_the_fingerprint_knows_weights_inputs_and_path(net, tokens):
    prints = {Site(net, "1", tokens).fingerprint(), Site(net, "3", tokens).fingerprint()}
    prints.add(Site(net, "1", tokens[:9]).fingerprint())
    assert Site(net, "1", tokens).fingerprint() in prints
    with torch.no_grad():
        net[3].weight += 1
    prints.add(Site(net, "1", tokens).fingerprint())
    assert len(prints) == 4


def test_pictures_have_a_vector_for_each_place():
    net = nn.Sequential(nn.Unflatten(1, (4, 4)), nn.Linear(4, 2))
    assert Site(net, "1", torch.ones(3, 16)).read().shape == (3, 4, 2)


def test_nan_names_the_first_module(net, tokens):
    with torch.no_grad():
        net[1].weight[0, 0] = float("nan")
    with pytest.raises(ValueError, match=r"first in row 0, position 0; the first module to put any out is '1'"):
        Site(net, "3", tokens).read()


def test_bad_input(net, tokens):
    with pytest.raises(ValueError, match="matches no module"):
        Site(net, "layers.7", tokens)
    with pytest.raises(ValueError, match="matches 4 modules"):
        Site(net, "*", tokens)
    with pytest.raises(ValueError, match=r"give \(rows, ...\)"):
        Site(net, "1", tokens[:0])
    for bad in ("the cat sat", ["the cat sat"], [[1, 2], [3]], None):
        with pytest.raises(ValueError, match=r"inputs make up no tensor .*LanguageModel.tokens\(texts\)"):
            Site(net, "1", bad)
    with pytest.raises(ValueError, match="inputs is empty"):
        Site(net, "1", {})
    with pytest.raises(ValueError, match="batch_size=0"):
        Site(net, "1", tokens, batch_size=0)
    with pytest.raises(ValueError, match="names are 1"):
        Site(net, "1", tokens, names=("a",))
    with pytest.raises(ValueError, match="memory_gib=0"):
        Site(net, "1", tokens).store("nowhere", memory_gib=0)


def test_out_of_memory_says_what_to_lower(net, tokens):
    def full(module, args):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 10000000000 bytes")

    net[1].register_forward_pre_hook(full)
    with pytest.raises(MemoryError, match="lower batch_size=8"):
        Site(net, "1", tokens).read()


def test_too_much_for_memory_says_store(net, tokens, monkeypatch):
    monkeypatch.setattr("pellucid.subjects.models.site.free_memory", lambda: 1000)
    with pytest.raises(MemoryError, match=r"use Site.store"):
        Site(net, "1", tokens).activations()


def test_numbers_too_large_for_float16_are_refused(net, tokens, tmp_path):
    with torch.no_grad():
        net[1].weight *= 1e6
    site = Site(net, "1", tokens)
    with pytest.raises(ValueError, match=r"dtype='float16' holds numbers up to 65,504, .* use dtype='bfloat16'"):
        site.store(tmp_path / "half", dtype="float16")
    assert site.store(tmp_path / "brain", dtype="bfloat16").rows([0]).isfinite().all()


def test_several_paths_are_put_side_by_side(net, tokens, tmp_path):
    both = Site(net, "3", tokens, beside=("1",))
    parts = [Site(net, path, tokens).read() for path in ("1", "3")]
    assert both.width == 8
    assert both.parts == (("1", 5), ("3", 3))
    assert torch.equal(both.read(), torch.cat(parts, -1))
    store = both.store(tmp_path / "store")
    assert store.parts == both.parts
    assert torch.equal(store.rows(range(store.count)), both.activations().values)
    assert both.fingerprint() != Site(net, "3", tokens).fingerprint()
    with pytest.raises(ValueError, match="are not other paths than '3'"):
        Site(net, "3", tokens, beside=("3",))
    with pytest.raises(ValueError, match="have other lengths"):
        _ = Site(nn.Sequential(net, nn.Flatten(1, -1)), "1", tokens, beside=("0.1",)).width
