"""Compiled parts: built once, never taken from what somebody else put there, brought by a wheel where none builds."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from pellucid.core.provenance import KERNELS, Provenance
from pellucid.run import cache_folder as cache_folder_module
from pellucid.run.cache_folder import cache_folder, clear_cache, entries
from pellucid.run.compiled import compiled
from pellucid.run.kernel_build import LEVELS, beside, build, built_in, compiler

needs_compiler = pytest.mark.skipif(compiler() is None, reason="no C compiler")


@pytest.fixture
def source(tmp_path, monkeypatch) -> Path:
    """A C source whose function gives 7, and an empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "seven.c"
    path.write_text("int seven(void) { return 7; }\n")
    yield path
    KERNELS.pop("seven", None)


@pytest.fixture
def no_compiler(monkeypatch):
    monkeypatch.setattr("pellucid.run.compiled.compiler", lambda: None)


@needs_compiler
def test_it_is_built_once_and_provenance_says_so(source, monkeypatch):
    assert compiled(source, "PELLUCID_SEVEN").seven() == 7
    monkeypatch.setattr("pellucid.run.compiled.build", lambda *args: pytest.fail("built again"))
    assert compiled(source, "PELLUCID_SEVEN").seven() == 7
    assert "built here" in Provenance("Training", {}, 0, "").versions["kernels"]


@needs_compiler
def test_a_file_in_the_cache_that_is_not_what_was_built_is_not_loaded(source, tmp_path):
    other = tmp_path / "other.c"
    other.write_text("int seven(void) { return 666; }\n")
    compiled(source, "PELLUCID_SEVEN")
    (kept,) = cache_folder().glob("seven-*.so")
    copy = tmp_path / "seven-copy.so"
    shutil.copy(kept, copy)
    build(other, kept, "")
    compiled(source, "PELLUCID_SEVEN")
    assert kept.read_bytes() == copy.read_bytes()


@needs_compiler
def test_without_a_compiler_the_wheels_library_is_taken_and_told(source, no_compiler):
    build(source, beside(source, ""), "")
    assert compiled(source, "PELLUCID_SEVEN").seven() == 7
    assert KERNELS["seven"] == "from the wheel"


def test_without_either_it_is_told_what_to_do(source, no_compiler):
    with pytest.warns(RuntimeWarning, match="no C compiler here"):
        assert compiled(source, "PELLUCID_SEVEN") is None
    assert KERNELS["seven"] == "none"


def test_a_processor_gets_the_fastest_library_that_it_can_run(source):
    best, *_ = LEVELS
    for level in LEVELS:
        beside(source, level).touch()
    assert built_in(source, LEVELS[best] | {"sse2"}) == beside(source, best)
    assert built_in(source, frozenset({"sse2"})) == beside(source, "")
    assert built_in(source, LEVELS[best] - {"fma"}) == beside(source, "")


@pytest.mark.parametrize("given", ["relative/place", ""])
def test_a_relative_cache_is_passed_over(monkeypatch, tmp_path, given):
    monkeypatch.setenv("XDG_CACHE_HOME", given)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "pellucid"


def test_without_a_home_the_cache_is_in_a_folder_of_temporary_files_that_is_ours_alone(monkeypatch, tmp_path):
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "gone"))
    monkeypatch.setattr(cache_folder_module.tempfile, "gettempdir", lambda: str(tmp_path))
    folder = cache_folder()
    assert folder.parent == tmp_path
    assert folder.stat().st_mode & 0o077 == 0
    monkeypatch.setattr(os, "getuid", lambda: folder.stat().st_uid + 1, raising=False)
    (tmp_path / f"pellucid-{os.getuid()}").mkdir()
    with pytest.raises(OSError, match="belongs to somebody else"):
        cache_folder()


def test_what_is_cached_is_told_and_cleared_but_not_what_a_link_leads_to(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert entries() == []
    outside = tmp_path / "outside"
    (outside / "inner").mkdir(parents=True)
    folder = cache_folder()
    (folder / "model").mkdir(parents=True)
    (folder / "model" / "weights").write_bytes(bytes(1000))
    (folder / "link").symlink_to(outside)
    assert next((e.name, e.size) for e in entries()) == ("model", 1000)
    clear_cache()
    assert entries() == []
    assert (outside / "inner").is_dir()
