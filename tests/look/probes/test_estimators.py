"""Estimators against their duals, their definitions and those of scikit-learn."""

import numpy as np

from pellucid.look.probes.estimators import difference_of_means, logistic, multinomial, nearest_means, ridge, scores

from .labelled_rows import rows


def test_ridge_agrees_with_its_dual_and_with_least_squares():
    generator = np.random.default_rng(0)
    for shape in ((30, 8), (8, 30)):
        x, y = generator.normal(size=shape), generator.normal(size=(shape[0], 2))
        z = (x - x.mean(0)) / x.std(0)
        w = np.linalg.solve(z.T @ z + 0.5 * shape[0] * np.eye(shape[1]), z.T @ (y - y.mean(0)))
        assert np.allclose(scores(ridge(x, y, [0.5])[0], x), z @ w + y.mean(0))


def test_logistic_is_at_its_minimum():
    from sklearn.linear_model import LogisticRegression

    labelled = rows(gap=1.0)
    z = (labelled.values - labelled.values.mean(0)) / labelled.values.std(0)
    theirs = LogisticRegression(C=1 / (0.03 * 120), tol=1e-8, max_iter=1000).fit(z, labelled.y).decision_function(z)
    ours = scores(logistic(labelled.values, labelled.targets, 0.03), labelled.values)[:, 0]
    assert np.allclose(ours, theirs, atol=1e-2)


def test_the_plain_estimators_of_classes():
    x = np.array([[0.0, 0], [0, 2], [4, 0], [4, 2], [0, 9], [0, 11]])
    y = np.eye(4)[[0, 0, 1, 1, 2, 2]]  # the last class has no row
    near = scores(nearest_means(x, y), np.array([[1.0, 3], [3, 0], [0, 7]]))
    assert near.argmax(1).tolist() == [0, 1, 2]
    found = scores(multinomial(x, y[:, :3], 0.01), x)
    assert found.argmax(1).tolist() == [0, 0, 1, 1, 2, 2]
    wide = np.random.default_rng(0).normal(size=(12, 40))  # more columns than rows: the same by way of their span
    labels = np.eye(3)[np.arange(12) % 3]
    padded = np.vstack([wide, wide, wide, wide])  # the same rows four times are the same problem, without the detour
    one, other = multinomial(wide, labels, 0.1, 500), multinomial(padded, np.vstack([labels] * 4), 0.1, 500)
    assert np.allclose(one[0], other[0], atol=1e-3)


def test_two_classes_agree_with_the_two_class_probes():
    two = rows(gap=2.0)
    pairs = np.eye(2)[two.y.astype(int)]
    several = scores(nearest_means(two.values, pairs), two.values)
    plain = scores(difference_of_means(two.values, two.targets), two.values)
    assert np.allclose(several[:, 1] - several[:, 0], plain[:, 0])
