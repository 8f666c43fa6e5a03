"""What is behind the server: a tiny model's firing features and steered texts, as the page asks for them."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from pellucid.artifacts import Dictionary
from pellucid.jobs.audits.serve import live_server
from pellucid.jobs.audits.steer import Place
from pellucid.subjects.models.language_model import LanguageModel

LETTERS = "_.abcdefgh"


class Letters:
    bos_token_id, eos_token_id = 0, 1

    def __call__(self, texts, **given):
        return {"input_ids": [[LETTERS.index(letter) for letter in text] for text in texts]}

    def batch_decode(self, ids):
        return [LETTERS[i[0]] for i in ids]


class Next(nn.Module):
    """Says the letter after each one."""

    def __init__(self):
        super().__init__()
        self.table, self.head = nn.Embedding(10, 10), nn.Linear(10, 10, bias=False)
        self.table.weight.data = torch.roll(torch.eye(10), 1, 1)
        self.blocks = nn.ModuleList([nn.Identity()])
        self.head.weight.data = 4 * torch.eye(10)

    def forward(self, input_ids):
        return SimpleNamespace(logits=self.head(self.blocks[0](self.table(input_ids))))


@pytest.fixture
def ask(tmp_path):
    eye = torch.eye(10)
    place = Place(Dictionary("TopK", eye, eye, torch.zeros(10), torch.zeros(10), k=2), "blocks.0")
    (tmp_path / "features.html").write_text("every feature")
    (tmp_path / "secret.txt").write_text("no")
    server = live_server(LanguageModel(Next().requires_grad_(False), Letters(), "next"), place, tmp_path)
    host = server.address.split("/")[2]

    def asked(what, **given):
        path = server.address.split(host)[1] + what
        status, _, content = server.answer(host, path, None, json.dumps(given).encode())
        return status, json.loads(content)

    yield asked
    assert set(server.pages) == {"", "features.html"}
    server.http.server_close()


def test_what_fires_in_a_text(ask):
    status, found = ask("fire", text="abc")
    assert status == 200
    assert [token["word"] for token in found] == ["a", "b", "c"]
    assert [token["features"] for token in found] == [
        [{"id": letter, "value": 1.0, "share": None, "name": ""}] for letter in (3, 4, 5)
    ]


def test_what_steering_does(ask):
    status, found = ask("steer", prompt="ab", steps=["9=+5"], tokens=3)
    assert status == 200
    assert (found["plain"], found["steered"]) == ("cde", "hhh")
    assert found["kl"] > 0


@pytest.mark.parametrize(
    ("what", "given", "message"),
    [
        ("fire", {"text": ""}, "give from 1 to"),
        ("fire", {"text": 3}, "give text, a text"),
        ("fire", {"text": "a" * 600}, "give from 1 to"),
        ("steer", {"prompt": "ab", "steps": [], "tokens": 3}, "no feature is steered"),
        ("steer", {"prompt": "ab", "steps": ["x"], "tokens": 3}, "is no step"),
        ("steer", {"prompt": "ab", "steps": "9=+5", "tokens": 3}, "give steps, a list"),
        ("steer", {"prompt": "ab", "steps": ["9=+5"], "tokens": True}, "give steps, a list"),
        ("steer", {"prompt": "ab", "steps": ["9=+5"], "tokens": 10**9}, "tokens=1000000000"),
    ],
)
def test_what_cannot_be_asked_is_told(ask, what, given, message):
    status, found = ask(what, **given)
    assert status == 400
    assert message in found["error"]
