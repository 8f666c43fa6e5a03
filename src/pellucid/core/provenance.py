"""Provenance: from what, by what and with what a finding was made."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib import metadata
from typing import Any

KERNELS: dict[str, str] = {}
"""How each compiled part that this process has asked for came about: "built here", "from the wheel", "none" where
slower operations take its place. Filled by `run.compiled`."""


@dataclass(frozen=True)
class Provenance:
    """Where a finding comes from. Times are in it, but are no part of its identity."""

    method: str
    settings: Mapping[str, Any]
    seed: int
    subject: str
    """A fingerprint of the subject (SHA-256 of its data), so that a finding can be matched to what was opened."""
    route: str = ""
    """Which way the method went, where it has several that compete."""
    source: Mapping[str, Any] = field(default_factory=dict)
    """How the subject was opened, where a command did: its `reader`, the `name` that it was given, and `options`."""
    versions: Mapping[str, str] = field(default_factory=lambda: _versions(), compare=False)
    """Of what was used; `kernels`: how compiled parts came about, since without them sums run in another order."""
    seconds: Mapping[str, float] = field(default_factory=dict, compare=False)
    """CPU seconds of each stage (`Context.timed`)."""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def installed_versions(
    packages: tuple[str, ...] = ("pellucid", "torch", "numpy", "scipy", "sympy", "z3-solver"),
) -> dict[str, str]:
    """The versions that a rerun would need, as installed here."""
    found = {"python": platform.python_version()}
    for package in packages:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def _versions() -> dict[str, str]:
    kinds = sorted(set(KERNELS.values()))
    return {**installed_versions(), **({"kernels": ", ".join(kinds)} if kinds else {})}
