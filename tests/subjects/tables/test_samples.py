import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.subjects import Samples, parse_unit, read_units, units_of


def table(rows=6):
    X = np.random.default_rng(0).uniform(1, 2, (rows, 2))
    return X, X[:, 0] * X[:, 1]


def test_one_column_is_a_feature_and_names_are_made():
    samples = Samples([1, 2, 3], [[2], [4], [6]])
    assert samples.names == ("x0",)
    assert samples.X.dtype == samples.y.dtype == np.float64
    assert samples.box == ((1.0, 3.0),)


def test_the_data_cannot_be_changed_afterwards():
    X, y = table()
    samples = Samples(X, y)
    X[0, 0] = 99
    assert samples.X[0, 0] != 99
    with pytest.raises(ValueError):
        samples.y[0] = 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"X": [[1.0, np.nan]] * 6}, r"NaN or infinity in 6 places, first row 0, column 1"),
        ({"y": [1, 2, 3, 4, 5, np.inf]}, r"first row 5"),
        ({"y": [1j] * 6}, "complex numbers"),
        ({"X": [["a", "b"]] * 6}, "give real numbers"),
        ({"X": np.ones((0, 2)), "y": []}, "at least one of each"),
        ({"y": [1.0, 2.0]}, "one number for each row"),
        ({"names": ("a",)}, "name each of them"),
        ({"names": ("a", "y")}, "not all different"),
        ({"names": ("a b", "c")}, "letters, digits and underscores"),
        ({"names": ("lambda", "c")}, "letters, digits and underscores"),
        ({"y": table()[0][:, 1]}, "is the target"),
        ({"units": units_of({"a": "m"}, "m", ("a",))}, "units are given for 1 features"),
    ],
)
def test_refuses(change, message):
    X, y = table()
    with pytest.raises(ValueError, match=message):
        Samples(**{"X": X, "y": y, **change})


def test_splits_into_disjoint_parts():
    X, y = table(10)
    train, held = Samples(X, y).split(0.3, np.random.default_rng(0))
    assert (train.rows, held.rows) == (7, 3)
    assert not {tuple(row) for row in train.X} & {tuple(row) for row in held.X}
    with pytest.raises(ValueError, match="at least 2"):
        Samples([[1.0]], [2.0]).split(0.5, np.random.default_rng(0))


def test_rows_that_differ_in_weight_alone_are_two_measurements():
    X, y = [[1.0], [1.0], [2.0]], [3.0, 3.0, 5.0]
    assert Samples(X, y, weights=[2.0, 2.0, 1.0]).without_copies().rows == 2
    assert Samples(X, y, weights=[1.0, 100.0, 1.0]).without_copies().rows == 3


def test_fingerprints_tell_tables_apart():
    X, y = table()
    prints = {Samples(X, y).fingerprint(), Samples(X, y + 1).fingerprint(), Samples(X, y, target="z").fingerprint()}
    assert len(prints) == 3


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("N", "kg*m/s^2"), ("J", "N*m"), ("kg m^2 s^-2", "J"), ("V", "J/C"), ("T", "N/(A*m)"), ("m**(1/2)", "m^0.5"),
        ("1", "m/m"), ("W/m²".replace("²", "^2"), "kg/s^3"), ("(J/K)/J", "1/K"),
    ],
)  # fmt: skip
def test_units_mean_the_same(text, same):
    assert parse_unit(text) == parse_unit(same)


@pytest.mark.parametrize("text", ["m^", "(m", "m)", "m^x", "m//s", "m $"])
def test_refuses_units(text):
    with pytest.raises(ValueError, match="unit"):
        parse_unit(text)


def test_units_that_cannot_match_are_told():
    with pytest.raises(ValueError, match="cannot match"):
        units_of({"a": "m"}, "s", ("a",))
    with pytest.raises(ValueError, match="no features"):
        units_of({"b": "m"}, "m", ("a",))


def test_reads_units_and_says_what_is_wrong(tmp_path):
    path = tmp_path / "units.toml"
    path.write_text("[units]\nm = 'kg'\na = 'm/s^2'\nF = 'N'\nnot_a_column = 's'\n")
    units = read_units(path, ("a", "m"), "F")
    assert units.text(units.features[0]) == "m/s^2"
    assert units.text(units.target) == "m*kg/s^2"
    path.write_text("[units]\nm = 'kg'\n")
    with pytest.raises(ValueError, match="add F"):
        read_units(path, ("m",), "F")
    path.write_text("x = 1")
    with pytest.raises(ValueError, match=r"no table \[units\]"):
        read_units(path, ("m",), "F")
    with pytest.raises(ValueError, match="no file"):
        read_units(tmp_path / "none.toml", ("m",), "F")


# ---------------------------------------------------------------------------------------------- rows drawn by weight


@given(st.integers(2, 300), st.integers(0, 20), st.floats(0, 6))
def test_rows_drawn_by_weight_are_as_many_as_say_as_much(count, seed, spread):
    draw = np.random.default_rng(seed)
    w = 10 ** draw.uniform(-spread, 0, count)
    samples = Samples(draw.normal(size=count), draw.normal(size=count), weights=w)
    drawn = samples.by_weight(np.random.default_rng(seed + 1_000))
    effective = w.sum() ** 2 / (w @ w)
    assert drawn.weights is None
    assert min(count, 8) <= drawn.rows <= count
    assert abs(drawn.rows - max(effective, min(8, count))) <= 8 + 5 * np.sqrt(effective)
    assert set(drawn.y) <= set(samples.y)
    assert len(set(drawn.y)) == drawn.rows


def test_rows_of_equal_weight_are_all_drawn():
    samples = Samples(np.arange(50.0) ** 2, np.arange(50.0), weights=np.full(50, 0.3))
    assert samples.by_weight(np.random.default_rng(0)).rows == 50


def test_a_row_is_drawn_the_more_often_the_more_it_weighs():
    draw = np.random.default_rng(0)
    y, w = draw.normal(size=400), np.repeat([0.1, 0.2, 0.4, 4.0], 100)
    samples = Samples(draw.normal(size=400), y, weights=w)
    counts = np.array([np.isin(y, samples.by_weight(np.random.default_rng(seed)).y) for seed in range(60)])
    shares = counts.mean(axis=0).reshape(4, 100).mean(axis=1)
    assert shares[3] == 1
    assert np.allclose(shares[1] / shares[0], 2, rtol=0.4)
    assert np.allclose(shares[2] / shares[0], 4, rtol=0.4)
