import numpy as np
import pytest
import torch
from torch import nn

from pellucid.subjects.models import activations as module
from pellucid.subjects.models.activations import Activations, ActivationStore, as_activations
from pellucid.subjects.models.settings import ModelSettings
from pellucid.subjects.models.site import Site


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def site():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Embedding(30, 6), nn.Linear(6, 5), nn.ReLU())
    tokens = torch.randint(0, 30, (40, 7), generator=generator(1))
    return Site(net, "1", tokens, batch_size=4, target="2")


def test_batches_are_a_shuffle_of_all_vectors():
    values = torch.arange(20.0)[:, None].expand(20, 3).clone()
    found = list(Activations(values).batches(5, generator()))
    assert [part.shape for part in found] == [(5, 3)] * 4
    assert sorted(torch.cat(found)[:, 0].tolist()) == list(range(20))
    assert torch.cat(found)[:, 0].tolist() != list(range(20))
    again = list(Activations(values).batches(5, generator()))
    assert all(torch.equal(a, b) for a, b in zip(found, again, strict=True))
    assert len(list(Activations(values).batches(6, generator(), epochs=2))) == 6  # 18 of 20, twice


def test_a_store_holds_what_the_site_gives(site, tmp_path):
    store = site.store(tmp_path / "store")
    memory = site.activations()
    assert (store.count, store.width, store.target_width) == (280, 5, 5)
    everything = torch.arange(280)
    assert torch.equal(store.rows(everything), memory.values)
    assert torch.equal(store.rows(everything, "targets"), memory.targets)
    assert torch.equal(store.tokens, memory.tokens)
    assert torch.equal(store.positions, memory.positions)
    some = [279, 3, 3, 100]
    assert torch.equal(store.rows(some), memory.rows(some))
    assert torch.equal(memory.rows(some), memory.values[some])


@pytest.mark.parametrize("pool", [1, 30, 64, 10_000])
def test_a_small_pool_loses_nothing(site, tmp_path, monkeypatch, pool):
    store = site.store(tmp_path / "store")
    monkeypatch.setattr(ActivationStore, "pool", pool)
    read = []
    original = ActivationStore.read
    monkeypatch.setattr(ActivationStore, "read", lambda self, s: read.append(len(s)) or original(self, s))
    found = torch.cat(list(store.batches(40, generator())))
    assert max(read) * 7 <= max(pool, 40)  # vectors held at once
    memory = site.activations().values
    key = torch.arange(1.0, 6)
    assert torch.allclose((found @ key).sort().values, (memory @ key).sort().values)
    pairs = list(store.pairs(40, generator()))
    assert all(torch.equal(second, first.relu()) for first, second in pairs)


def test_splits_keep_sequences_together(site, tmp_path):
    store = site.store(tmp_path / "store")
    train, held = store.split(0.25, generator())
    assert (train.count, held.count) == (210, 70)
    seen = {tuple(row) for row in train.tokens.reshape(-1, 7).tolist()}
    assert not seen & {tuple(row) for row in held.tokens.reshape(-1, 7).tolist()}
    assert len({store.fingerprint(), train.fingerprint(), held.fingerprint()}) == 3
    part, _ = train.split(0.5, generator())
    assert torch.equal(part.rows([0]), train.rows([int(part._chosen[0] == train._chosen[1]) * 7]))
    memory_train, memory_held = site.activations().split(0.25, generator())
    assert torch.equal(memory_held.values, held.rows(np.arange(70)))
    assert memory_train.count == 210


def test_half_precision_on_disk(site, tmp_path):
    store = site.store(tmp_path / "store", dtype="bfloat16")
    exact = site.activations().values
    assert store.rows([0, 1, 2]).dtype == torch.float32
    assert torch.equal(store.rows(torch.arange(280)), exact.bfloat16().float())


def test_a_killed_store_goes_on(site, tmp_path, monkeypatch):
    monkeypatch.setattr("pellucid.subjects.models.site.MODELS", ModelSettings(shard_bytes=4000))
    folder, written = tmp_path / "store", []
    original = Site._write

    def killed_after_two(self, path, *rest):
        if len(written) == 2:
            raise KeyboardInterrupt
        written.append(path.name)
        original(self, path, *rest)

    monkeypatch.setattr(Site, "_write", killed_after_two)
    with pytest.raises(KeyboardInterrupt):
        site.store(folder)
    with pytest.raises(ValueError, match=r"not complete \(2 of"):
        ActivationStore(folder)
    monkeypatch.setattr(
        Site, "_write", lambda self, path, *rest: written.append(path.name) or original(self, path, *rest)
    )
    store = site.store(folder)
    assert len(written) == len(set(written)) == store.manifest["shards"] > 3  # none was written twice
    assert torch.equal(store.rows(torch.arange(280)), site.activations().values)
    written.clear()
    site.store(folder)
    assert not written
    assert not list(folder.glob(".*"))


def test_another_site_may_not_write_there(site, tmp_path):
    site.store(tmp_path / "store")
    other = Site(site.model, "0", site.inputs)
    with pytest.raises(ValueError, match="another site"):
        other.store(tmp_path / "store")


def test_a_full_disk_is_found_out_before_the_work(site, tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda place: type("Usage", (), {"free": 100})())
    with pytest.raises(OSError, match="the store needs"):
        site.store(tmp_path / "store")
    assert not (tmp_path / "store").exists()


def test_a_damaged_shard_is_named(site, tmp_path):
    site.store(tmp_path / "store")
    (tmp_path / "store" / "00000.safetensors").write_bytes(b"12345678garbage")
    with pytest.raises(ValueError, match=r"00000.safetensors is damaged"):
        ActivationStore(tmp_path / "store")


def test_bad_input(tmp_path):
    with pytest.raises(ValueError, match="first row 1"):
        Activations(torch.tensor([[1.0], [float("nan")]]))
    with pytest.raises(ValueError, match=r"give \(count, width\)"):
        Activations(torch.ones(3))
    with pytest.raises(ValueError, match="tokens are 2"):
        Activations(torch.ones(3, 1), tokens=torch.ones(2))
    with pytest.raises(ValueError, match="no batch of 3"):
        next(Activations(torch.ones(3, 1)).batches(4, generator()))
    with pytest.raises(ValueError, match="no targets"):
        next(Activations(torch.ones(3, 1)).pairs(1, generator()))
    with pytest.raises(ValueError, match="use 0 to 2"):
        Activations(torch.ones(3, 1)).rows([3])
    with pytest.raises(ValueError, match="give at least 2"):
        Activations(torch.ones(1, 1)).split(0.5, generator())
    with pytest.raises(ValueError, match=r"holds no store.json"):
        ActivationStore(tmp_path)
    for damaged in ("{}", "[]", "{"):
        (tmp_path / "store.json").write_text(damaged)
        with pytest.raises(ValueError, match=r"store.json .*delete the folder"):
            ActivationStore(tmp_path)
    with pytest.raises(ValueError, match="give a Site"):
        as_activations("layer 3")


def test_as_activations_takes_all_kinds(site, tmp_path):
    assert as_activations(site).count == 280
    store = site.store(tmp_path / "store")
    assert as_activations(store) is store
    assert as_activations(torch.ones(3, 2)).width == 2
    assert isinstance(store, module.Vectors)
