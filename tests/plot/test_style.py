"""What all drawings share."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.plot.style import STATE_COLOURS, ink_on, shortened, state_colour


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=60), st.integers(1, 50))
def test_shortened_text_fits_and_begins_as_the_text_does(text, longest):
    short = shortened(text, longest)
    assert len(short) <= longest
    assert text.startswith(short.removesuffix("…")) or short == text
    assert (short == text) == (len(text) <= longest) or text.endswith("…")


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000))
def test_every_state_has_a_colour_on_which_its_number_is_legible(state):
    colour = state_colour(state)
    assert colour in STATE_COLOURS
    assert state_colour(state + len(STATE_COLOURS)) == colour
    luminance = sum(
        weight * (int(colour[i : i + 2], 16) / 255) ** 2.2 for weight, i in ((0.2126, 1), (0.7152, 3), (0.0722, 5))
    )
    ink = 0.0 if ink_on(colour) == "#000000" else 1.0
    contrast = (max(ink, luminance) + 0.05) / (min(ink, luminance) + 0.05)
    assert contrast > 3  # what WCAG 2 asks of large letters
