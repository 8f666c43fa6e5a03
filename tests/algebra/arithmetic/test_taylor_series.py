import math

import numpy as np
import pytest

pytest.importorskip("flint")

from pellucid.algebra.arithmetic.finite_field import PRIME
from pellucid.algebra.arithmetic.taylor_series import monomial_series


def test_a_rotation_has_the_series_of_sine_and_cosine():
    flow = [{(0, 1): 1}, {(1, 0): PRIME - 1}]
    series = monomial_series(flow, np.array([[0, 1]]), [(1, 0), (0, 1), (2, 0)], 6)[0]
    assert [series[k, 0] * math.factorial(k) % PRIME for k in range(6)] == [0, 1, 0, PRIME - 1, 0, 1]
    squares = [sum(int(series[j, 0]) * int(series[k - j, 0]) for j in range(k + 1)) % PRIME for k in range(6)]
    assert series[:, 2].tolist() == squares


def test_every_point_has_its_own():
    flow = [{(2,): 1}]  # x' = x^2: x = a / (1 - a t)
    series = monomial_series(flow, np.array([[2], [3]]), [(1,)], 4)
    assert series[:, :, 0].tolist() == [[2, 4, 8, 16], [3, 9, 27, 81]]
