"""The command `features`, killed as a full disk or a reboot would: with --resume it ends with the same bits."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from pellucid.cli import app

transformers = pytest.importorskip("transformers")
WORDS = ["a", "cat", "sat", "on", "the", "mat", "and", "dog", "ran", "to", "red", "blue", "one", "two"]
OPTIONS = [
    "--width",
    "1024",
    "--k",
    "8",
    "--experts",
    "4",
    "--tokens",
    "12000",
    "--length",
    "32",
    "--steps",
    "300",
    "--quiet",
    "--no-open",
]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A tiny model, and text."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    place = tmp_path_factory.mktemp("killed")
    config = transformers.LlamaConfig(
        vocab_size=20, hidden_size=16, intermediate_size=32, num_hidden_layers=3, num_attention_heads=2,
        max_position_embeddings=64, initializer_range=0.3,
    )  # fmt: skip
    with torch.random.fork_rng():
        torch.manual_seed(0)
        transformers.LlamaForCausalLM(config).save_pretrained(place / "model")
    known = {word: i for i, word in enumerate(["<s>", "</s>", "?", *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(known, unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    saved = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>")
    saved.save_pretrained(place / "model")
    (place / "text").mkdir()
    for number in range(4):
        drawn = np.random.default_rng(number).choice(WORDS, 4000)
        (place / "text" / f"{number}.txt").write_text(" ".join(drawn))
    return place


def command(place: Path, name: str) -> list[str]:
    return ["features", str(place / "model"), "--text", str(place / "text"), "--output", str(place / name), *OPTIONS]


def files(folder: Path) -> dict[str, bytes]:
    """What a run wrote, but for the seconds it took."""
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    finding = json.loads(found.pop("finding.json"))
    finding["provenance"].pop("seconds")
    found.pop("report.html")  # it tells the seconds too
    return found | {"finding.json": json.dumps(finding).encode()}


@pytest.fixture(scope="module")
def whole(place):
    assert CliRunner().invoke(app, command(place, "whole")).exit_code == 0
    return files(place / "whole")


@pytest.mark.slow
@pytest.mark.parametrize(
    "reached", ["activations/00002.safetensors", "training/training.safetensors", "found/finding.json"]
)
def test_it_ends_with_the_same_bits(place, whole, reached):
    name = reached.partition("/")[0]
    checkpoint = place / f".{name}.checkpoint"
    started = subprocess.Popen([sys.executable, "-m", "pellucid.cli", *command(place, name)])
    while not (checkpoint / reached).exists():
        assert started.poll() is None, f"it ended before {reached} was there"
        time.sleep(0.01)
    started.kill()
    started.wait()
    assert not (place / name).exists()
    done = CliRunner().invoke(app, [*command(place, name), "--resume"])
    assert done.exit_code == 0, done.output
    assert "nothing to resume" not in done.output
    assert files(place / name) == whole
    assert sorted(path.name for path in place.glob(f".{name}*")) == []
