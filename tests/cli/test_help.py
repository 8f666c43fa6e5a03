"""Help: every command stands in one group of what a person has, and all fits a terminal of 80 columns."""

from __future__ import annotations

import re

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from pellucid.cli import app
from pellucid.cli.app import GROUPS

COMMANDS = sorted(get_command(app).commands)


def test_every_command_is_listed_once_below_a_group():
    text = CliRunner().invoke(app, ["-h"], terminal_width=80).output
    listed = re.findall(r"^  ([a-z][a-z-]*)  +[A-Z]", text, flags=re.MULTILINE)
    assert sorted(listed) == COMMANDS
    headings = re.findall(r"^([A-Z][\w, ]+):$", text, flags=re.MULTILINE)
    assert [heading for heading in headings if heading != "Options"] == [g for g in GROUPS if g in headings]
    assert "..." not in text.partition("Options:")[2]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_fits_80_columns(command):
    shown = CliRunner().invoke(app, [*command.split(), "-h"], terminal_width=80)
    assert shown.exit_code == 0
    assert max(map(len, shown.output.splitlines())) <= 80
