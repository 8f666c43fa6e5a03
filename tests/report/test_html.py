"""Whatever text stands in an element, it stays text."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.report.html import bullets, details, facts, note, section, source, table, typeset

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
QUICK = settings(max_examples=40, deadline=None)


def words_and_tags(html: str) -> tuple[str, list[str]]:
    """The text that a browser shows, and the tags."""
    seen: list[str] = []
    tags: list[str] = []

    class Reader(HTMLParser):
        def handle_data(self, data):
            seen.append(data)

        def handle_starttag(self, tag, attrs):
            tags.append(tag)

    reader = Reader()
    reader.feed(html)
    reader.close()
    return "".join(seen), tags


@QUICK
@given(TEXT, st.lists(TEXT, min_size=1, max_size=3))
def test_headings_lists_and_sources_hold_text_as_it_is(heading, lines):
    shown, tags = words_and_tags(section(heading, bullets(lines), source(lines[0]), details(heading, note(lines))))
    assert heading in shown
    assert lines[0] in shown
    assert tags == ["section", "h2", "ul", *["li"] * len(lines), "pre", "code", "details", "summary", "p"]


@QUICK
@given(st.lists(st.tuples(TEXT, TEXT), max_size=3))
def test_facts_hold_names_and_values_as_they_are(rows):
    shown, tags = words_and_tags(facts(rows))
    assert tags == (["dl", *["div", "dt", "dd"] * len(rows)] if rows else [])
    for name, value in rows:
        assert name in shown
        assert value in shown


@QUICK
@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=3), st.integers(0, 2))
def test_tables_set_off_the_chosen_row(rows, chosen):
    html = table("front", ("a", "b"), rows, chosen)
    assert html.count('<tr class="chosen">') == (chosen < len(rows))
    assert words_and_tags(html)[1].count("td") == 2 * len(rows)


def test_what_is_empty_leaves_no_trace():
    assert typeset([]) == facts([]) == note([]) == ""
    assert section("Nothing", "", facts([])) == "<section>\n<h2>Nothing</h2>\n</section>"
