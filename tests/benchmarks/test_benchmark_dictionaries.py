import argparse
import importlib
import sys
import tomllib
from pathlib import Path

import pytest
import torch


@pytest.fixture(scope="module")
def benchmark():
    folder = str(Path(__file__).parents[2] / "benchmarks")
    sys.path.insert(0, folder)
    yield importlib.import_module("dictionaries")
    sys.path.remove(folder)


def test_everyone_trains_on_the_same_rows(benchmark):
    found = benchmark.batches(3000, 5)
    assert found == benchmark.batches(3000, 5)
    assert [len(rows) for rows in found] == [1024] * 5
    assert not set(found[0]) & set(found[1])


def test_the_file_can_be_read(benchmark):
    times = {name: {"median": 10.0, "least": 9.0} for name in (*benchmark.OURS, "sparsify")}
    times["ours, switch 16"] = {"median": 4.0, "least": 4.0}
    found = {"activations": "made", "step_ms_n_8192": times, "faster_n_8192": benchmark.goals(times)}
    data = tomllib.loads(benchmark.toml(found))["ours"]
    assert data["step_ms_n_8192"]["ours, switch 16"]["median"] == 4
    assert data["faster_n_8192"] == {
        "faster_than_sparsify": 1.0,
        "switch_16_faster_than_dense": 2.5,
        "switch_8_faster_than_dense": 1.0,
        "switch_16_faster_than_dense_both_float32": 1.0,
    }


def test_sinks_are_left_out_for_everyone(benchmark):
    x = torch.randn(9000, 8, generator=torch.Generator().manual_seed(0))
    x[5] = 1e4
    train, held = benchmark.prepared(x)
    assert len(train) + len(held) == 8999
    assert float(torch.cat([train, held]).square().sum(1).median()) == pytest.approx(8, rel=0.05)


@pytest.mark.slow
def test_a_small_round_of_our_own(benchmark):
    x, what = benchmark.activations(argparse.Namespace(activations=None, text=None))
    assert "synthetic" in what
    train, held = benchmark.prepared(x)
    times = benchmark.step_times(train, 1024, [], 1)
    assert set(times) == set(benchmark.OURS)
    found = benchmark.equal_compute(train, held, 256, 20, 4)
    assert all(0 < one["fvu"] < 2 for one in found.values())
