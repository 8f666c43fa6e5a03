import numpy as np

from pellucid.distill.formulas.algebra.null_spaces import relations, sparsest, violation


def table(rows=200):
    x, z = np.random.default_rng(0).uniform(1, 2, (2, rows))
    y = (x + 3 * z) / (1 - x * z / 5)
    one = np.ones(rows)
    names = ["1", "x", "z", "y", "xz", "x^2", "z^2", "xy", "zy", "xzy"]
    columns = np.column_stack([one, x, z, y, x * z, x * x, z * z, x * y, z * y, x * z * y])
    return names, columns


def test_the_relation_is_found_with_its_weights():
    names, columns = table()
    essential = np.array(["y" in name for name in names])
    relation = next(iter(relations(columns, essential)))
    assert [names[j] for j in relation.support] == ["x", "z", "y", "xzy"]
    np.testing.assert_allclose(relation.weights / relation.weights[0], [1, 3, -1, 0.2], rtol=1e-11)
    assert (relation.uncertainties < 1e-9 * np.abs(relation.weights)).all()
    assert violation(columns, relation) < 1e-12


def test_no_relation_where_there_is_noise():
    names, columns = table()
    columns[:, 3] *= 1 + 1e-6 * np.random.default_rng(1).standard_normal(len(columns))
    assert list(relations(columns[:, :5], np.array(["y" in name for name in names[:5]]))) == []


def test_what_does_not_hold_on_other_rows_is_passed_over():
    names, columns = table()
    essential = np.array(["y" in name for name in names])
    assert len(list(relations(columns[:100], essential, columns[100:]))) == 1
    other = columns[100:].copy()
    other[:, 3] *= 1 + 1e-6
    assert list(relations(columns[:100], essential, other)) == []


def test_identities_between_features_are_passed_over():
    names, columns = table()
    doubled = np.column_stack([columns[:, 0], columns[:, 1], 2 * columns[:, 1], columns[:, 2:]])
    essential = np.array(["y" in name for name in ["1", "x", "2x", *names[2:]]])
    found = list(relations(doubled, essential))
    assert len(found) == 1
    assert len(found[0].support) == 4


def test_common_factors_are_taken_out():
    x = np.random.default_rng(0).uniform(1, 2, 100)
    y = 1 + x
    columns = np.column_stack([np.ones(100), x, x**2, y, x * y])
    relation = sparsest(columns[:, :4], np.arange(4))
    assert relation is not None
    assert relation.support.tolist() == [0, 1, 3]
