"""The job `stego`: messages, answers and keys become what the receiver reads beyond those who watch."""

from __future__ import annotations

from pathlib import Path

from ..artifacts.oversight.usable_information import UsableInformation
from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..oversee.hidden.steganographic_gap import SteganographicGap
from ..run.cached import cached
from ..subjects.tables.signals import Signals


def open_signals(
    signals: Signals, *, seed: int = 0, reporter: Reporter = SILENT, checkpoint: Path | None = None
) -> Finding[UsableInformation]:
    """What the messages carry for whom."""
    return cached(SteganographicGap(), signals, seed, folder=checkpoint, reporter=reporter)
