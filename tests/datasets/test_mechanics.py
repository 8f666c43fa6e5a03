import numpy as np

from pellucid.datasets.mechanics import (
    damped_double_pendulum,
    friction_of_pendulum,
    hidden_place,
    hidden_planet,
    pull_of_hidden,
)
from pellucid.datasets.mystery_worlds import mystery_world


def energy(x, v):
    kinetic = v[:, 0] ** 2 + v[:, 1] ** 2 / 2 + np.cos(x[:, 0] - x[:, 1]) * v[:, 0] * v[:, 1]
    return kinetic - 2 * np.cos(x[:, 0]) - np.cos(x[:, 1])


def test_friction_takes_energy_and_nothing_else_does():
    motion = damped_double_pendulum(200)
    friction = friction_of_pendulum(motion)
    h = 1e-5
    for a, power in ((motion.a - friction, 0.0), (motion.a, -0.1 * (motion.v**2).sum(1))):
        late, early = (energy(motion.x + s * h * motion.v, motion.v + s * h * a) for s in (1, -1))
        np.testing.assert_allclose((late - early) / (2 * h), power, atol=1e-6)


def test_the_hidden_planet_pulls_towards_itself():
    planet = hidden_planet(rows=60, orbits=0.5)
    assert planet.t is not None
    np.testing.assert_allclose(np.linalg.norm(hidden_place(planet.t), axis=1), 1.57)
    alone = -planet.x / np.linalg.norm(planet.x, axis=1, keepdims=True) ** 3
    np.testing.assert_allclose(planet.a - alone, pull_of_hidden(planet.x, planet.t, 0.01))
    step = planet.t[1]
    central = (planet.x[2:] - 2 * planet.x[1:-1] + planet.x[:-2]) / step**2
    np.testing.assert_allclose(central, planet.a[1:-1], atol=1e-3)


def test_a_world_obeys_its_laws_where_no_wall_pushes():
    world = mystery_world(5, rows=600)
    motion = world.motion
    assert motion.rows == 600
    features = np.column_stack([np.ones(motion.rows), motion.x, motion.v])
    inside = world.quarter >= 0
    expected = np.einsum("rcf,rf->rc", world.laws[world.quarter[inside]], features[inside])
    np.testing.assert_allclose(motion.a[inside], expected, atol=1e-9)
    assert np.abs(motion.x).max() <= 1
    assert not np.array_equal(mystery_world(6, rows=600).motion.x, motion.x)
