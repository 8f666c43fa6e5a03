"""Every method of every family against the rules of the house.

A method is found where it is defined; `small_subjects` has something for it to open, by its type.
"""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import io
import pickle
import random
from functools import cache

import numpy as np
import pytest
import torch
from small_subjects import trial_of

from pellucid.cli.commands.list_methods import method_types
from pellucid.core import Artifact, Finding, Measured, Method, Tested, load_finding

METHODS = {kind.__name__: kind for kind in method_types()}


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """By a method's name, its finding, and what running it did to the world outside."""

    @cache
    def run(name):
        method, subject = trial_of(METHODS[name])
        given, folder, output = subject(), tmp_path_factory.mktemp(name), io.StringIO()
        before = _random_states()
        with contextlib.chdir(folder), contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            finding = method.explain(given, 1)
        return finding, before == _random_states(), output.getvalue(), list(folder.iterdir())

    return run


def _random_states():
    return pickle.dumps(random.getstate()), pickle.dumps(np.random.get_state()), torch.get_rng_state().tolist()


@pytest.mark.parametrize("name", METHODS)
class TestMethod:
    def test_is_a_frozen_dataclass_with_defaults(self, name):
        kind = METHODS[name]
        assert dataclasses.is_dataclass(kind)
        assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
        assert kind() == kind()  # every field has a default

    def test_leaves_the_way_in_to_its_base(self, name):
        assert METHODS[name].explain is Method.explain
        assert METHODS[name].opens is not object

    def test_says_what_it_does(self, name):
        text = inspect.getdoc(METHODS[name]) or ""
        assert text.splitlines()[0].endswith(".")
        assert ">>>" in text
        source = inspect.getdoc(inspect.getmodule(METHODS[name]))
        assert source
        assert "arXiv" in source

    def test_returns_an_artifact_with_claims(self, name, opened):
        finding = opened(name)[0]
        assert isinstance(finding, Finding)
        assert isinstance(finding.artifact, Artifact)
        assert finding.artifact.describe()
        assert any(isinstance(claim, Tested | Measured) for claim in finding.claims)

    def test_is_pure(self, name, opened):
        _, same_random_state, printed, files = opened(name)
        assert same_random_state
        assert printed == ""
        assert files == []

    def test_same_seed_same_finding(self, name, opened):
        method, subject = trial_of(METHODS[name])
        again = method.explain(subject(), 1)
        first = opened(name)[0]
        assert again.artifact == first.artifact
        assert again.claims == first.claims
        assert again.provenance == first.provenance

    def test_survives_saving(self, name, opened, tmp_path):
        finding = opened(name)[0]
        finding.save(tmp_path / "out")
        loaded = load_finding(tmp_path / "out")
        assert loaded.artifact == finding.artifact
        assert loaded.claims == finding.claims
        assert set(loaded.parts) == set(finding.parts)
        written = [p for p in (tmp_path / "out").rglob("*") if p.is_file()]
        assert all(p.suffix in (".json", ".safetensors", ".py", ".smt2", ".dfy") for p in written)

    def test_settings_are_in_the_provenance(self, name, opened):
        method, _ = trial_of(METHODS[name])
        provenance, settings = opened(name)[0].provenance, method.settings()
        assert set(settings) == {f.name for f in dataclasses.fields(method)}
        assert {field: provenance.settings[field] for field in settings} == settings
        assert provenance.seed == 1
        assert len(provenance.subject) == 64
