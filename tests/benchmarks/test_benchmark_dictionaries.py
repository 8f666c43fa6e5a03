import argparse
import tomllib

import pytest
import torch

from pellucid.subjects.models.site import Site


@pytest.fixture(scope="module")
def benchmark(load_benchmark):
    return load_benchmark("dictionaries")


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
    found = benchmark.equal_compute(train, held, 256, 0.3, (4,), 1, benchmark.batches)
    assert list(found) == ["dense 256", "switch 4 x 256", "dense 1024"]
    assert all(0 < one["fvu"] < 2 for one in found.values())
    assert all(len(one["curve_fvu"]) == len(one["curve_cpu_seconds"]) >= 5 for one in found.values())


def test_a_store_is_read(benchmark, tmp_path):
    x = torch.randn(32, 8, generator=torch.Generator().manual_seed(0))
    model = torch.nn.Sequential(torch.nn.Identity())
    Site(model, "0", x).store(tmp_path / "store")
    found, what = benchmark.activations(argparse.Namespace(activations=tmp_path / "store", text=None, rows=20))
    assert torch.equal(found, x[:20])
    assert "the first 20" in what


def test_seeds_are_put_together(benchmark):
    runs = [{"fvu": value, "steps": 3, "curve": [(1.0, 2 * value)]} for value in (0.1, 0.3)]
    found = benchmark.together(runs)
    assert found["fvu"] == pytest.approx(0.2)
    assert (found["steps"], found["fvu_of_seeds"]) == (3, [0.1, 0.3])
    assert (found["curve_cpu_seconds"], found["curve_fvu"]) == ([1.0], [0.4])
