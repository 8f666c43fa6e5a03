"""Tables of mixed columns from files; scikit-learn's digits as a table of pixels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .cells import COMMA, POINT
from .columns import Table
from .mixed_table import MixedTable
from .table import SUFFIXES, TextFormat, naming_file, read_table
from .typed_column import TypedColumn, type_column

__all__ = ["SUFFIXES", "read_mixed_table"]

TEXTS = TextFormat(delimiters="\t;|,", is_text=lambda name: True)
TYPED = TextFormat(delimiters="\t;|,")


def read_mixed_table(path: Path | str, image: tuple[int, int] | None = None) -> MixedTable:
    """The table in a file, or scikit-learn's digits where `path` is "digits" and no file; with `image` its columns are
    pixels, all on one scale.

    Columns without categories, such as names, are left out and told in the `notes`. Raises ValueError, in one line
    that names file, column and remedy; OSError where the file cannot be read.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "people.csv"
    ...     _ = file.write_text("age,sex\\n" + "".join(f"{20 + i % 31},{'fm'[i % 2]}\\n" for i in range(60)))
    ...     table = read_mixed_table(file)
    >>> [(column.name, column.kind) for column in table.columns]
    [('age', 'number'), ('sex', 'category')]
    """
    if str(path) == "digits" and not Path(path).exists():
        if image not in (None, (8, 8)):
            raise ValueError(f"image={image[0]}x{image[1]}: the digits are 8x8; leave the size out")
        return _digits()
    with naming_file(path):
        if Path(path).suffix.lower() == ".npz" and (found := _stacked_images(Path(path))) is not None:
            return found
        table = read_table(path, TEXTS)
        if image is not None:
            return _pixels(table, image)
        points, notes = _decimal_marks(path, table)
        found = [type_column(name, column.texts(), points.get(name, POINT)) for name, column in table.columns.items()]
        return MixedTable.of(found, None, (*table.notes, *notes))


def _decimal_marks(path: Path | str, table: Table) -> tuple[dict[str, str], tuple[str, ...]]:
    """The decimal mark of each column, found as for any table of numbers, and what was assumed."""
    if not any("," in text for column in table.columns.values() for text in column.texts()):
        return {}, ()
    typed = read_table(path, TYPED)
    marks = {}
    for name, column in table.columns.items():
        found = typed.columns.get(name)
        with_comma = [i for i, text in enumerate(column.texts()) if "," in text]
        if found is not None and found.is_number and with_comma:
            text = column.texts()[with_comma[0]].replace(",", ".")
            try:
                marks[name] = COMMA if float(text) == found.values[with_comma[0]] else POINT
            except ValueError:
                continue
    return marks, tuple(note for note in typed.notes if note not in table.notes)


def _pixels(table: Table, image: tuple[int, int]) -> MixedTable:
    """Every column as numbers. Raises ValueError for what is none."""
    values = []
    for name, column in table.columns.items():
        try:
            values.append(np.array([float(text) for text in column.texts()]))
        except ValueError:
            raise ValueError(f"column {name!r} holds no pixels; give numbers in every cell, or no image") from None
    return _of_pixels(np.stack(values, 1), tuple(table.columns), image, table.notes)


def _of_pixels(
    values: NDArray[np.float64], names: tuple[str, ...], image: tuple[int, int], notes: tuple[str, ...] = ()
) -> MixedTable:
    decimals = 0 if (values % 1 == 0).all() else -1
    return MixedTable(tuple(TypedColumn(name, "number", decimals=decimals) for name in names), values, image, notes)


def _stacked_images(path: Path) -> MixedTable | None:
    """Images (count, height, width), where the archive holds one array of that shape; None where it is a table."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = [archive[name] for name in archive.files]
    except (ValueError, OSError):
        return None  # the reader of tables says what is wrong
    if len(arrays) != 1 or arrays[0].ndim != 3 or arrays[0].dtype.kind not in "iuf":
        return None
    count, height, width = arrays[0].shape
    names = tuple(f"pixel_{i}_{j}" for i in range(height) for j in range(width))
    return _of_pixels(arrays[0].reshape(count, -1).astype(float), names, (height, width))


def _digits() -> MixedTable:
    from sklearn.datasets import load_digits

    images = load_digits()["images"]  # type: ignore[call-overload]
    names = tuple(f"pixel_{i}_{j}" for i in range(8) for j in range(8))
    return _of_pixels(images.reshape(len(images), -1), names, (8, 8), ("1,797 handwritten digits of 8 x 8 pixels",))
