"""Two gloo processes against one."""

import socket

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp

from pellucid.nets.dictionaries.dictionary_options import DictionaryOptions
from pellucid.nets.dictionaries.dictionary_shape import DictionaryShape
from pellucid.nets.dictionaries.dictionary_training import train_dictionary

OPTIONS = DictionaryOptions(steps=12, batch_size=50, revive_every=4, dead_after=40, learning_rate=1e-2, bfloat16=False)
SHAPES = {
    "data": DictionaryShape(10, 10, 256, 2),
    "experts": DictionaryShape(10, 10, 32, 3, experts=4),
}


def trained(kind):
    x = torch.randn(500, 10, generator=torch.Generator().manual_seed(5))

    def epoch(generator):
        for rows in torch.randperm(500, generator=generator).split(50):
            yield x[rows], x[rows]

    options = OPTIONS if kind == "data" else DictionaryOptions(**{**OPTIONS.__dict__, "revive_every": 0})
    return train_dictionary(epoch, SHAPES[kind], options, sample=(x, x), seed=1)


def run(rank, port, kind, folder):
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=2)
    found = trained(kind)
    torch.save(
        {**found.weights.tensors(), "silent": found.silent, "held": torch.tensor(found.size)}, f"{folder}/{rank}"
    )
    dist.destroy_process_group()


@pytest.mark.parametrize("kind", ["data", "experts"])
def test_two_processes_find_what_one_does(kind, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    mp.spawn(run, (port, kind, str(tmp_path)), nprocs=2)
    one = trained(kind)
    expected = {**one.weights.tensors(), "silent": one.silent}
    first, second = (torch.load(tmp_path / str(rank), weights_only=True) for rank in range(2))
    for name, value in expected.items():
        assert torch.equal(first[name], second[name]), name
        assert torch.allclose(first[name], value, rtol=1e-3, atol=1e-4), name
    assert one.revived > 0 or kind == "experts"
