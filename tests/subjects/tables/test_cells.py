"""Cells of text as numbers: each is read as one thing, and never in two ways at once."""

from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.subjects.tables.cells import COMMA, POINT, decimal_mark, find_decimal_marks, read_number

NUMBERS = st.integers(-(10**12), 10**12).map(lambda n: n / 1e4)


def shown(value, decimal, group):
    return f"{value:,.4f}".replace(",", "\0").replace(".", decimal).replace("\0", group)


@settings(max_examples=200, deadline=None)
@given(NUMBERS, st.sampled_from([(POINT, ","), (COMMA, "."), (POINT, "'"), (COMMA, " "), (POINT, "")]))
def test_a_number_is_read_as_it_was_written(value, marks):
    decimal, group = marks
    cell = shown(value, decimal, group)
    assert read_number(cell, decimal) == value
    assert decimal_mark(cell) == decimal


@settings(max_examples=200, deadline=None)
@given(st.text("0123456789.,-+e' ", max_size=12))
def test_a_mark_is_decisive_only_where_the_other_reading_fails_or_begins_with_zero(cell):
    mark = decimal_mark(cell)
    if mark is not None:
        assert read_number(cell, mark) is not None
        other = COMMA if mark == POINT else POINT
        assert read_number(cell, other) is None or cell.strip().lstrip("+-")[:2] in ("0.", "0,")


@settings(max_examples=50, deadline=None)
@given(st.lists(NUMBERS, min_size=1, max_size=5), st.sampled_from([POINT, COMMA]))
def test_one_column_decides_for_those_that_are_open(values, decimal):
    columns = {
        "sure": [shown(v, decimal, "") for v in values] + [f"1{decimal}5"],
        "open": ["1,234" if decimal == POINT else "1.234"],
    }
    assert find_decimal_marks({**columns, "comma": [f"7{COMMA}000"]}, commas_separate_cells=False).decimal[:2] == (
        decimal,
        decimal,
    )
