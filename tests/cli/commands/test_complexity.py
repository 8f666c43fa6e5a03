"""The command `complexity`, from the line that is typed to the files that are written."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from pellucid.cli import app


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DISPLAY", raising=False)
    generator = torch.Generator().manual_seed(0)
    Path("run").mkdir()
    for step in (0, 100):
        sizes = {"a.weight": (6, 3), "a.bias": (6,), "b.weight": (2, 6), "b.bias": (2,)}
        weights = {name: torch.randn(size, generator=generator) for name, size in sizes.items()}
        save_file(weights, f"run/step_{step}.safetensors")
    x = torch.randn(30, 3, generator=generator).numpy()
    np.savez("rows.npz", inputs=x, targets=(x[:, 0] > 0).astype(int))
    lines = [",".join(map(str, [*row, int(row[0] > 0)])) for row in x.tolist()]
    Path("rows.csv").write_text("\n".join(["a,b,c,y", *lines]))
    Path("net.py").write_text(
        "import torch\n\ndef make():\n    return torch.nn.Sequential(torch.nn.Linear(3, 6))\n\nsize = 3\n"
    )


def run(*arguments: str) -> int:
    try:
        app(list(arguments))
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


@pytest.mark.parametrize("data", ["rows.npz", "rows.csv"])
def test_a_folder_becomes_a_curve(data, capsys):
    assert run("complexity", "run", "--data", data, "--rows", "0", "--test", data) == 0
    out = capsys.readouterr().out
    assert "linear layers 3-6-2 with relu" in out
    artifact = json.loads(Path("complexity-run/finding.json").read_text())["artifact"]
    assert artifact["kind"] == "complexity_curve"
    assert artifact["data"]["parameters"] == 38
    assert "Checkpoints" in Path("complexity-run/report.html").read_text()
    assert run("check", "complexity-run") == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run",), "--data"),
        (("run", "--data", "none.csv"), "is no file"),
        (("nowhere", "--data", "rows.csv"), "is no folder"),
        (("run", "--data", "rows.csv", "--activation", "step"), "--activation 'step' is unknown"),
        (("run", "--data", "rows.csv", "--model", "net.py:size"), "names no function"),
        (("run", "--data", "rows.csv", "--model", "net.py:make"), "other weights than the network"),
    ],
)
def test_bad_input_is_one_line(arguments, message, capsys):
    assert run("complexity", *arguments) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert message in error
