"""The job `export`: the features that a folder holds as the files of another tool."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ...artifacts.audits.feature_labels import FeatureLabels
from ...artifacts.features.dictionary import Dictionary
from ...artifacts.features.dictionary_files import write_sae_lens, write_sparsify
from ...artifacts.features.feature_atlas import FeatureAtlas
from ...artifacts.features.feature_firing import FeatureFiring
from ...core.files import write_folder
from ...core.finding import load_finding
from ...report.exports.neuronpedia import Neuronpedia
from ...report.exports.tables import as_csv, as_parquet, feature_columns, firing_columns

__all__ = ["FORMATS", "Exported", "export"]


@dataclass(frozen=True)
class Exported:
    """What a folder of `pellucid features` holds, with the labels of another folder, and what things are called."""

    dictionary: Dictionary
    atlas: FeatureAtlas | None
    firing: FeatureFiring | None
    labels: FeatureLabels | None
    model: str
    layer: str
    text: str

    @classmethod
    def of(cls, folder: Path, labels: Path | None = None) -> Exported:
        """Raises ValueError for a folder without a dictionary, and for labels of other features."""
        finding = load_finding(folder)
        if not isinstance(finding.artifact, Dictionary):
            raise ValueError(f"folder {str(folder)!r} holds a finding of a {finding.artifact.kind}, no dictionary")
        atlas, firing = finding.parts.get("atlas"), finding.parts.get("firing")
        told = finding.provenance.settings
        found = None if labels is None else load_finding(labels).artifact
        if found is not None and not isinstance(found, FeatureLabels):
            raise ValueError(f"folder {str(labels)!r} holds a finding of a {found.kind}; give labels")
        size, last = finding.artifact.size, -1 if found is None else int(found.features.max(initial=-1))
        if last >= size:
            raise ValueError(f"the labels go up to feature {last}, and there are {size}; give labels of this folder")
        return cls(
            finding.artifact, atlas if isinstance(atlas, FeatureAtlas) else None,
            firing if isinstance(firing, FeatureFiring) else None, found,
            *(str(told.get(name) or "") for name in ("model", "layer", "text")),
        )  # fmt: skip

    @property
    def seen(self) -> tuple[FeatureAtlas, FeatureFiring]:
        """Raises ValueError where the features were not looked at."""
        if self.atlas is None or self.firing is None:
            raise ValueError("the folder does not say where its features fire; make it again with `pellucid features`")
        return self.atlas, self.firing


def _neuronpedia(given: Exported, folder: Path) -> None:
    number = "".join(letter for letter in given.layer if letter.isdigit()) or "0"
    names = Neuronpedia(given.model or "model", f"{number}-pellucid", dataset=given.text)
    write_folder(folder, names.files(given.dictionary, *given.seen, given.labels))


def _tables(given: Exported, folder: Path, ending: str) -> None:
    write = {"csv": as_csv, "parquet": as_parquet}[ending]
    atlas, firing = given.seen
    tables = {"features": feature_columns(atlas, given.labels), "firings": firing_columns(atlas, firing)}
    write_folder(folder, {f"{name}.{ending}": write(columns) for name, columns in tables.items()})


FORMATS: dict[str, Callable[[Exported, Path], object]] = {
    "neuronpedia": _neuronpedia,
    "sae-lens": lambda given, folder: write_sae_lens(given.dictionary, folder),
    "sparsify": lambda given, folder: write_sparsify(given.dictionary, folder),
    "parquet": lambda given, folder: _tables(given, folder, "parquet"),
    "csv": lambda given, folder: _tables(given, folder, "csv"),
}
"""What features can be written as, by name."""


def export(given: Exported, to: str, folder: Path) -> list[str]:
    """Writes the files into a folder that is new or empty, and returns their names. Raises ValueError."""
    if to not in FORMATS:
        raise ValueError(f"to={to!r} is no format; use one of {', '.join(FORMATS)}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(f"output {str(folder)!r} is a file, or not empty; choose another")
    FORMATS[to](given, folder)
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
