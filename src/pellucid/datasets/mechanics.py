"""Mechanics: one-dimensional systems by their Lagrangians, a damped double pendulum, and a planet that no one sees."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
import sympy
from jaxtyping import Float
from numpy.typing import NDArray

from ..algebra.expressions.text import parse
from ..subjects.equations.motions import Motion, Motions
from ..subjects.tables.units import Units
from .feynman import Equation

__all__ = [
    "LAGRANGIANS",
    "acceleration",
    "coded_motions",
    "damped_double_pendulum",
    "friction_of_pendulum",
    "hidden_place",
    "hidden_planet",
    "lagrangian_motion",
    "lagrangian_motions",
    "motion_equations",
    "pull_of_hidden",
]

Array = NDArray[np.float64]
Box = tuple[tuple[float, float], tuple[float, float]]

LAGRANGIANS: Mapping[str, tuple[str, Box]] = {
    "oscillator": ("v**2/2 - x**2/2", ((-1.0, 1.0), (-1.0, 1.0))),
    "pendulum": ("v**2/2 + cos(x)", ((-3.0, 3.0), (-3.0, 3.0))),
    "Kepler": ("v**2/2 + 1/x", ((0.5, 2.0), (-1.0, 1.0))),
    "relativistic oscillator": ("-sqrt(1 - v**2) - x**2/2", ((-1.0, 1.0), (-0.9, 0.9))),
    "cos x cos v": ("v**2/2 - cos(x)*cos(v)", ((0.1, 1.1), (0.1, 1.1))),
    "exp": ("exp(v**2)*(1 + exp(x**2))", ((0.1, 1.1), (0.1, 1.1))),
    "x v^2 + x^2 v^3": ("x*v**2 + x**2*v**3", ((0.1, 1.1), (0.1, 1.1))),
}
"""L(x, v) and the ranges of x and v: textbook systems first, then ones that no one has met.

The first four, and the kind of the others, are those of arXiv 2504.02822.
"""


CODED: Mapping[str, tuple[str, Box]] = {
    "oscillator": ("-x", ((-1.0, 1.0), (-1.0, 1.0))),
    "pendulum": ("-sin(x)", ((-np.pi, np.pi), (-np.pi, np.pi))),
    "Kepler": ("-x/abs(x)**3", ((0.5, 2.0), (0.0, 1.0))),
    "relativistic oscillator": ("-x*(1 - v**2)**(3/2)", ((-1.0, 1.0), (-0.9, 0.9))),
    "v^2/2 - cos x cos v": ("-sin(x)*cos(v) - v*cos(x)*cos(v)", ((0.1, 1.1), (0.1, 1.1))),
    "1 - cos v - cos x cos v": ("-sin(x) - v*cos(x)", ((0.1, 1.1), (0.1, 1.1))),
    "exp": ("x*exp(x**2)*(1 - 2*v**2)/(v*(1 + exp(x**2)))", ((0.1, 1.1), (0.1, 1.1))),
}
"""The accelerations a(x, v) that the public code of arXiv 2504.02822 computes, and the ranges of x and v.

The last three are not Lagrange's (S_x - S_xv v) / S_vv for the S that they are named after: in the fifth and sixth
derivatives of cos x cos v have other signs and functions and S_vv lacks a term, and the last divides by S_v. Half of
Kepler's places are negative.
"""


@cache
def acceleration(name: str) -> sympy.Expr:
    """The acceleration of one of `LAGRANGIANS`, a = (L_x - L_xv v) / L_vv in x and v. Raises ValueError.

    >>> acceleration("pendulum")
    -sin(x)
    """
    if name not in LAGRANGIANS:
        raise ValueError(f"name={name!r} is unknown; give one of {', '.join(LAGRANGIANS)}")
    lagrangian = parse(LAGRANGIANS[name][0], ("x", "v"))
    x, v = (sympy.Symbol(letter, real=True) for letter in "xv")
    force = sympy.diff(lagrangian, x) - sympy.diff(lagrangian, x, v) * v
    return force / sympy.diff(lagrangian, v, 2)


@cache
def motion_equations() -> dict[str, Equation]:
    """The textbook systems of `LAGRANGIANS` as equations a = f(x, v), by names such as "pendulum-motion"."""
    found = {}
    for kind in ("oscillator", "pendulum", "Kepler", "relativistic oscillator"):
        name = f"{kind.lower().replace(' ', '-')}-motion"
        text = str(sympy.simplify(acceleration(kind)))
        low, high = zip(*LAGRANGIANS[kind][1], strict=True)
        dimensionless = Units((), ((), ()), ())
        title = f"the acceleration of a {kind}" if kind != "Kepler" else "the acceleration along a line to a star"
        found[name] = Equation(name, "mechanics", title, text, ("x", "v"), "a", low, high, dimensionless)
    return found


def lagrangian_motion(name: str, rows: int = 512, seed: int = 0) -> Motion:
    """Uniform states of one of `LAGRANGIANS` and their accelerations a = (L_x - L_xv v) / L_vv. Raises ValueError."""
    x, v = (sympy.Symbol(letter, real=True) for letter in "xv")
    function = sympy.lambdify((x, v), acceleration(name), "numpy")
    low, high = np.array(LAGRANGIANS[name][1]).T
    states = np.random.default_rng(seed).uniform(low, high, (rows, 2))
    return Motion(states[:, 0], states[:, 1], function(*states.T), ("x",), name)


def lagrangian_motions(rows: int = 512, seed: int = 0, names: tuple[str, ...] = tuple(LAGRANGIANS)) -> Motions:
    """Several of `LAGRANGIANS`, in order.

    >>> lagrangian_motions(8, names=("pendulum", "Kepler")).titles
    ('pendulum', 'Kepler')
    """
    return Motions(tuple(lagrangian_motion(name, rows, seed + i) for i, name in enumerate(names)))


def coded_motions(rows: int = 512, seed: int = 0, names: tuple[str, ...] = tuple(CODED)) -> Motions:
    """Uniform states of several of `CODED` and their accelerations, in order. Raises ValueError for another name.

    >>> coded_motions(8, names=("pendulum", "exp")).titles
    ('pendulum', 'exp')
    """
    if unknown := [name for name in names if name not in CODED]:
        raise ValueError(f"names {unknown} are unknown; give some of {', '.join(CODED)}")
    return Motions(tuple(_coded(name, rows, seed + i) for i, name in enumerate(names)))


def _coded(name: str, rows: int, seed: int) -> Motion:
    text, ranges = CODED[name]
    low, high = np.array(ranges).T
    states = np.random.default_rng(seed).uniform(low, high, (rows, 2))
    if name == "Kepler":
        states[rows // 2 :, 0] *= -1
    x, v = (sympy.Symbol(letter, real=True) for letter in "xv")
    function = sympy.lambdify((x, v), parse(text, ("x", "v")), "numpy")
    return Motion(states[:, 0], states[:, 1], function(*states.T), ("x",), name)


def damped_double_pendulum(rows: int = 2000, seed: int = 0, friction: float = 0.1) -> Motion:
    """Angles and velocities of two unit masses on unit rods, g = 1, each joint slowed by `friction` times its velocity.

    M(x) a = Q(x, v) - friction v: what friction adds to the accelerations is -friction M^-1 v. States along orbits
    from rest at random angles.

    >>> damped_double_pendulum(20).columns
    ('theta1', 'theta2', 'v_theta1', 'v_theta2')
    """
    generator = np.random.default_rng(seed)
    orbits = max(1, rows // 10)  # ten states of each are kept: many orbits pass each place in both directions
    state = np.concatenate([generator.uniform(-1.5, 1.5, (orbits, 2)), np.zeros((orbits, 2))], 1)
    states = _orbit(lambda s: np.concatenate([s[:, 2:], _pendulum(s[:, :2], s[:, 2:], friction)], 1), state, 15.0)
    kept = states.reshape(-1, 4)[np.sort(generator.permutation(states[..., 0].size)[:rows])]
    x, v = kept[:, :2], kept[:, 2:]
    return Motion(x, v, _pendulum(x, v, friction), ("theta1", "theta2"), "damped double pendulum")


def friction_of_pendulum(motion: Motion, friction: float = 0.1) -> Float[np.ndarray, "rows 2"]:
    """What friction adds to the accelerations of `damped_double_pendulum`.

    >>> friction_of_pendulum(damped_double_pendulum(20)).shape
    (20, 2)
    """
    return _pendulum(motion.x, motion.v, friction) - _pendulum(motion.x, motion.v, 0.0)


def hidden_planet(rows: int = 800, mass: float = 0.01, orbits: float = 3.0) -> Motion:
    """A planet about a star at the origin (G M = 1, mean distance 1, eccentricity 0.05), pulled by another unseen one.

    The hidden one, of `mass` stars, goes round in a circle of radius 1.57, as Neptune does for Uranus
    (whose true mass is 5e-5 of the Sun's); the times are part of the data.
    """
    times = np.linspace(0.0, 2 * np.pi * orbits, rows)
    start = np.array([[0.95, 0.0, 0.0, np.sqrt((1 + 0.05) / (1 - 0.05))]])
    steps = 8

    def slope(s: Array, t: float) -> Array:
        pull = -s[:, :2] / np.linalg.norm(s[:, :2], axis=1, keepdims=True) ** 3
        return np.concatenate([s[:, 2:], pull + pull_of_hidden(s[:, :2], np.array([t]), mass)], 1)

    states, state, step = [start], start, times[1] / steps
    for k in range((rows - 1) * steps):
        state = _runge_kutta(slope, state, k * step, step)
        if (k + 1) % steps == 0:
            states.append(state)
    path = np.concatenate(states)
    x = path[:, :2]
    a = -x / np.linalg.norm(x, axis=1, keepdims=True) ** 3 + pull_of_hidden(x, times, mass)
    return Motion(x, path[:, 2:], a, ("x", "y"), "planet with a hidden one", times)


def hidden_place(times: Float[np.ndarray, " rows"], distance: float = 1.57) -> Float[np.ndarray, "rows 2"]:
    """Where the hidden planet is; by default as far out as Neptune is in mean distances of Uranus from the Sun.

    >>> np.linalg.norm(hidden_place(np.array([0.0, 1.0])), axis=1).round(2).tolist()
    [1.57, 1.57]
    """
    angle = distance**-1.5 * times + 1.0
    return distance * np.stack([np.cos(angle), np.sin(angle)], 1)


def pull_of_hidden(
    x: Float[np.ndarray, "rows 2"], times: Float[np.ndarray, " rows"], mass: float
) -> Float[np.ndarray, "rows 2"]:
    """The acceleration of a planet at x by the hidden one."""
    apart = hidden_place(times) - x
    return mass * apart / np.linalg.norm(apart, axis=1, keepdims=True) ** 3


def _pendulum(x: Array, v: Array, friction: float) -> Array:
    """Accelerations of the double pendulum, from M(x) a = Q(x, v) - friction v."""
    apart = x[:, 0] - x[:, 1]
    cross = np.cos(apart)
    first = -np.sin(apart) * v[:, 1] ** 2 - 2 * np.sin(x[:, 0]) - friction * v[:, 0]
    second = np.sin(apart) * v[:, 0] ** 2 - np.sin(x[:, 1]) - friction * v[:, 1]
    determinant = 2 - cross**2
    return np.stack([first - cross * second, 2 * second - cross * first], 1) / determinant[:, None]


def _orbit(field: Callable[[Array], Array], state: Array, seconds: float, times: int = 100) -> Array:
    """States (orbit, time, variable) at `times` times, from `state` (orbit, variable)."""
    steps = 10
    step = seconds / (times * steps)
    found = []
    for k in range(times * steps):
        state = _runge_kutta(lambda s, _: field(s), state, 0.0, step)
        if (k + 1) % steps == 0:
            found.append(state)
    return np.stack(found, 1)


def _runge_kutta(slope: Callable[[Array, float], Array], state: Array, time: float, step: float) -> Array:
    k1 = slope(state, time)
    k2 = slope(state + step / 2 * k1, time + step / 2)
    k3 = slope(state + step / 2 * k2, time + step / 2)
    k4 = slope(state + step * k3, time + step)
    return state + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
