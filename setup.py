"""Wheels with their compiled parts (beside every C source its library, for each kind of processor) and papers/.

All else is in pyproject.toml. Without a compiler the wheel is built without libraries, and holds for any machine.
"""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
SOURCES = sorted((ROOT / "src").rglob("*.c"))


def _kernel_build():
    """The module that says how, without the package around it, whose parts need not be installed yet."""
    path = ROOT / "src/pellucid/run/kernel_build.py"
    spec = importlib.util.spec_from_file_location("kernel_build", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


KERNELS = _kernel_build()


class BuildWithKernels(build_py):
    """Python files, then the libraries; not in an editable install, which builds them where they are used."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        self.copy_tree(str(ROOT / "papers"), str(Path(self.build_lib) / "pellucid" / "papers"))
        if KERNELS.compiler() is None:
            return
        for source in SOURCES:
            place = Path(self.build_lib) / source.relative_to(ROOT / "src")
            for level in KERNELS.levels():
                try:
                    KERNELS.build(source, KERNELS.beside(place, level), level)
                except (OSError, subprocess.SubprocessError) as error:
                    print(f"{source.name} is left out for {level or 'any processor'}: {error}")


class PlatformWheel(bdist_wheel):
    """A wheel for any Python 3 on this kind of machine: the libraries are loaded by ctypes."""

    def finalize_options(self) -> None:
        super().finalize_options()
        self.root_is_pure = KERNELS.compiler() is None

    def get_tag(self) -> tuple[str, str, str]:
        tag = super().get_tag()
        return tag if self.root_is_pure else ("py3", "none", tag[2])


class WithLibraries(Distribution):
    """So that files go to the place of what depends on the platform."""

    def has_ext_modules(self) -> bool:
        return KERNELS.compiler() is not None


setup(distclass=WithLibraries, cmdclass={"build_py": BuildWithKernels, "bdist_wheel": PlatformWheel})
