"""A scorecard of ten domains from one's own tests, in which untested is missing, not zero.

The domains are those of A definition of AGI (arXiv 2510.18212); each weighs 10 of 100. A share of right answers comes
with an interval (Beta posterior, Jeffreys prior); a domain without tests may be worth 0 to 10, so that the total lies
between two bounds. Flags do not change a figure: they say what it can be taken for. The counts below are made up.
"""

from dataclasses import dataclass

import numpy as np

from pellucid.core import Measured

WEIGHT = 10
DOMAINS = ("knowledge", "reading and writing", "mathematics", "reasoning on the spot", "working memory",
           "long-term storage", "retrieval", "vision", "hearing", "speed")  # fmt: skip


@dataclass(frozen=True)
class Tests:
    """How many items were right, of how many; and what should be known about them."""

    right: int
    asked: int
    flags: tuple[str, ...] = ()


TESTED = {
    "knowledge": Tests(180, 200, ("items were public before training ended",)),
    "reading and writing": Tests(95, 100),
    "mathematics": Tests(160, 200),
    "reasoning on the spot": Tests(27, 60),
    "working memory": Tests(20, 50),
    "long-term storage": Tests(0, 40),
    "retrieval": Tests(18, 50, ("a search tool was used",)),
    "speed": Tests(12, 40),
}


def drawn(tests: Tests, generator: np.random.Generator, draws: int = 20_000) -> np.ndarray:
    """The points of a domain, drawn from what its tests leave possible."""
    return WEIGHT * generator.beta(tests.right + 0.5, tests.asked - tests.right + 0.5, draws)


def main() -> None:
    if unknown := set(TESTED) - set(DOMAINS):
        raise ValueError(f"{sorted(unknown)[0]!r} is no domain; there are {', '.join(DOMAINS)}")
    generator = np.random.default_rng(0)
    points = {name: drawn(tests, generator) for name, tests in TESTED.items()}
    missing = [name for name in DOMAINS if name not in TESTED]
    total = np.sum(list(points.values()), axis=0)
    low, high = np.quantile(total, [0.025, 0.975])
    print(f"total = {low:.1f} to {high + WEIGHT * len(missing):.1f} of 100: {len(missing)} domains are not tested")
    for name in DOMAINS:
        if name in missing:
            print(f"  {name:<24} not tested: 0 to {WEIGHT}")
            continue
        claim = Measured(name, float(points[name].mean()), f"of {WEIGHT}", None, 1.96 * float(points[name].std()))
        print(f"  {name:<24} {claim.evidence}" + "".join(f"  ({flag})" for flag in TESTED[name].flags))
    print(f"tested domains alone: {low:.1f} to {high:.1f} of {WEIGHT * len(TESTED)}")


if __name__ == "__main__":
    main()
