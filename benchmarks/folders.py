"""Law folders, honest and tampered with, beside what `pellucid check` says of each (`suites.folders`).

    python benchmarks/folders.py --half first
    python benchmarks/folders.py --half second --write    # for the end; papers/folders.toml counts its runs

Right: `check` passes or fails as it has to, and so does `check --measure`; nothing ends in a traceback.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pellucid.core.finding import claim_digests
from pellucid.jobs.laws import open_laws
from pellucid.jobs.sources import measure_folder
from pellucid.jobs.subjects.equations import find_system
from pellucid.jobs.symmetries import open_symmetries
from pellucid.prove.check import check_folder
from pellucid.prove.manifest import MANIFEST, digest
from pellucid.report import report_html
from suites.folders import FOLDERS, TAMPERED, Folder
from suites.halves import chosen
from suites.halves_file import record

ABOUT = {
    "title": "Tampered and honest law folders",
    "source": "benchmarks/suites/folders.py",
    "note": "page_edited: the truth that was written down is wrong, report.html has a digest",
}


@cache
def made(name: str, place: Path) -> Path:
    """The honest folder."""
    command, equations, parameters, options = FOLDERS[name]
    system = find_system(equations, parameters=[p for p in parameters.split(", ") if p])
    finding = (open_symmetries if command == "symmetries" else open_laws)(system, **options)
    return finding.save(place / name, {"report.html": report_html(finding).encode()})


def edited(folder: Path, edits: Sequence[tuple[str, tuple[Any, ...], Any]], anew: bool) -> None:
    """The folder with these edits; with `anew`, every digest is that of what stands there now."""
    for file, keys, value in edits:
        path = folder / file
        if path.suffix != ".json":
            text = path.read_text()
            assert keys[0] in text, (file, keys)
            path.write_text(text.replace(keys[0], value))
            continue
        data = json.loads(path.read_text())
        place = data
        for key in keys[:-1]:
            place = place[key]
        assert place[keys[-1]] != value, (file, keys)
        place[keys[-1]] = value
        path.write_text(json.dumps(data, indent=1))
    if anew:
        _digests(folder)


def _digests(folder: Path) -> None:
    finding_path, manifest_path = folder / "finding.json", folder / MANIFEST
    finding = json.loads(finding_path.read_text())
    if manifest_path.exists():
        manifest = json.loads(manifest_path.read_text())
        manifest["files"] = {name: digest((folder / name).read_bytes()) for name in manifest["files"]}
        for entry in manifest["certificates"]:
            entry["statement"] = json.loads((folder / entry["path"]).read_text())["statement"]
        manifest_path.write_text(json.dumps(manifest, indent=2) + "\n")
    finding["files"] = {name: digest((folder / name).read_bytes()) for name in finding.get("files", {})}
    finding["digests"] = claim_digests(finding)
    finding_path.write_text(json.dumps(finding, indent=1))


def told_of(one: Folder, place: Path) -> tuple[bool, bool]:
    """Whether `check` passes, and whether it does with --measure."""
    folder = place / f"copy_{one.name}"
    shutil.copytree(made(one.folder, place), folder)
    edited(folder, one.edits, one.anew)
    checked = all(entry.ok for entry in check_folder(folder))
    return checked, checked and all(entry.ok for entry in measure_folder(folder))


def main() -> None:
    """Runs a half, or the folders that are named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--half", choices=("first", "second"), default="first")
    parser.add_argument("--write", action="store_true", help="write the figures into papers/folders.toml")
    given = parser.parse_args()
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as place:
        for one in chosen(TAMPERED, given.names, given.half == "second"):
            start = time.process_time()
            found = told_of(one, Path(place))
            right = found == (one.check, one.measured)
            rows.append({"name": one.name, "right": right, "cpu_seconds": round(time.process_time() - start, 1)})
            told = "" if right else f"   {found} instead of {(one.check, one.measured)}"
            print(f"{one.name:<28}{'right' if right else 'WRONG'}{rows[-1]['cpu_seconds']:>8}{told}", flush=True)
    right = sum(row["right"] for row in rows)
    print(f"{right} of {len(rows)} right")
    if given.write and not given.names:
        command = f"python benchmarks/folders.py --half {given.half} --write"
        counts = {"right": right, "cases": len(rows)}
        record("folders", ABOUT, counts, rows, unseen=given.half == "second", command=command)


if __name__ == "__main__":
    main()
