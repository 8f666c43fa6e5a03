"""What `benchmarks/kan_symbols.py` writes down, and that it leaves the rest of a file alone."""

import tomllib

import pytest


@pytest.fixture(scope="module")
def symbols(load_benchmark):
    return load_benchmark("kan_symbols")


def test_a_section_replaces_only_itself(symbols, tmp_path):
    path = tmp_path / "kan.toml"
    path.write_text('title = "KAN"\n\n[symbolic."old"]\nexact = 1\n\n[symbolics]\nb = 2\n')
    row = {"exact": True, "cpu_seconds": 2.0, "test_rmse": 0.0, "formula": "x*y"}
    rows = {"x*y; 0.0; 0": row, "x*y; 0.0; 1": {**row, "exact": False}, "x*y; 0.01; 0": row}
    for _ in range(2):
        symbols.write_section(path, "symbolic", symbols.symbolic(rows))
    found = tomllib.loads(path.read_text())
    assert found["title"] == "KAN"
    assert found["symbolics"] == {"b": 2}
    assert set(found["symbolic"]) == {"noise_free", "noise_0.01"}
    assert found["symbolic"]["noise_free"]["by_function"] == ["x*y: 1 of 2"]


def test_the_product_is_written(symbols, tmp_path):
    symbols.write_product(tmp_path / "kan2.toml", {"shape": [2, (0, 1), 1], "fitted_test_rmse": 1e-16})
    found = tomllib.loads((tmp_path / "kan2.toml").read_text())
    assert found["paper"]["multiplication_xy_rmse"] == 1.3e-16
    assert found["ours"]["shape"] == [2, [0, 1], 1]
