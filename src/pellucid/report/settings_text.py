"""Settings in words, for the facts on where a finding comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["setting_rows", "settings_line"]


def setting_rows(settings: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each setting's name without underscores, and its value in words.

    >>> setting_rows({"grid_size": 8, "route": {"name": "Fit", "steps": [1, 2]}})
    [('grid size', '8'), ('route', 'Fit(steps=[1, 2])')]
    """
    return [(name.replace("_", " "), _value(value)) for name, value in settings.items()]


def settings_line(settings: Mapping[str, Any]) -> str:
    """All settings in one line.

    >>> settings_line({"grid_size": 8, "degree": 2})
    'grid size 8, degree 2'
    """
    return ", ".join(f"{name} {value}" for name, value in setting_rows(settings))


def _value(value: Any) -> str:
    """A setting in words: settings within settings as Name(field=value, ...)."""
    if isinstance(value, dict):
        inner = ", ".join(f"{name}={_value(v)}" for name, v in value.items() if name != "name")
        return f"{value.get('name', '')}({inner})"
    return f"[{', '.join(map(_value, value))}]" if isinstance(value, list | tuple) else str(value)
