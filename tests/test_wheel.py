"""The wheel: it brings compiled parts and papers, and needs no compiler where it is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pellucid.run.kernel_build import compiler

ROOT = Path(__file__).parent.parent
ASKED = """
from pellucid.core.provenance import KERNELS
from pellucid.distill.formulas.parametric import batch
from pellucid.nets.splines import spline_kernel
from pellucid.jobs.papers import papers
assert batch._kernel() is not None and spline_kernel.library() is not None
print(sorted(set(KERNELS.values())), len(papers()) > 40, batch.__file__)
"""


@pytest.mark.slow
@pytest.mark.skipif(compiler() is None, reason="no C compiler")
def test_a_wheel_needs_no_compiler_where_it_is_installed(tmp_path):
    tree = tmp_path / "tree"
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".venv", ".git", "build", "site", "*.egg-info"))
    make = [sys.executable, "-m", "pip", "wheel", ".", "--no-deps", "--no-build-isolation", "-q", "-w", str(tmp_path)]
    subprocess.run(make, cwd=tree, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("pellucid-*-py3-none-*.whl")
    installed = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(installed)
    assert len(list(installed.rglob("*.so"))) >= len(list(ROOT.glob("src/**/*.c")))
    nowhere = {**os.environ, "PATH": "", "PYTHONPATH": str(installed), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    said = subprocess.run([sys.executable, "-c", ASKED], env=nowhere, capture_output=True, text=True, check=True).stdout
    assert said.startswith("['from the wheel'] True")
    assert str(installed) in said
