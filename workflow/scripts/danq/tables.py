"""Tables as tab-separated files: a missing number is NA, a missing word is empty.

Each kind of table declares its columns once, where it is made; the declaration writes the file and reads it back.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from .errors import UserError
from .files import existing, replacing

MISSING = ["NA", ""]  # texts of a missing number; a target may be called NA, so words have none


@dataclass(frozen=True)
class Table:
    """A kind of table: its columns, and whether they hold words or numbers.

    what : what error messages call it
    columns : columns that every table of this kind has, in order
    words : those of them that hold words, so that a model called 64 or an assay called NA stays a word; the rest are
        numbers
    optional : columns of numbers that it may have
    others : whether it may have further columns of numbers, such as one per model or target
    digits : significant digits of numbers in the file
    """

    what: str
    columns: tuple[str, ...]
    words: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    others: bool = False
    digits: int = 6

    def write(self, table: pd.DataFrame, path: str | Path) -> None:
        """Write a table. A name that ends in .gz gives a compressed file, whose bytes depend on the content only.

        A missing or undeclared column, or words in a column of numbers, is a ValueError.
        """
        self.write_parts([table], path)

    def write_parts(self, parts: Iterable[pd.DataFrame], path: str | Path) -> None:
        """As `write`, of consecutive parts of a table, at least one, that are not in memory together."""
        with replacing(path) as temporary, temporary.open("wb") as raw:
            packed = gzip.GzipFile("", "wb", fileobj=raw, mtime=0) if temporary.suffix == ".gz" else nullcontext(raw)
            with packed as file:
                for number, part in enumerate(parts):
                    file.write(self._text(part, heading=number == 0).encode())

    def _text(self, table: pd.DataFrame, heading: bool) -> str:
        if wrong := self._wrong_column(table):
            raise ValueError(f"{self.what}: {wrong}")
        words = {name: table[name].astype(object).where(table[name].notna(), "") for name in self.words}
        numbers = {name: pd.to_numeric(column) for name, column in table.items() if name not in self.words}
        return table.assign(**words | numbers).to_csv(
            sep="\t",
            index=False,
            header=heading,
            na_rep="NA",
            float_format=f"%.{self.digits}g",
            quoting=csv.QUOTE_NONE,
        )

    def read(self, path: str | Path) -> pd.DataFrame:
        """Read a table: words as text ("" if missing), all other columns as numbers (NaN if missing).

        A file with a missing or undeclared column, or with words in a column of numbers, is a UserError.
        """
        heading = self._parsed(path, nrows=0)
        if wrong := self._wrong_column(heading):
            raise UserError(f"{path}: not a valid {self.what} of this version ({wrong}); write it again")
        numbers = [name for name in heading if name not in self.words]
        table = self._parsed(path, dtype=dict.fromkeys(self.words, str), na_values=dict.fromkeys(numbers, MISSING))
        for name in numbers if len(table) else []:
            if table[name].dtype.kind not in "iuf":
                raise UserError(f"{path}: column {name} contains text, not numbers; write the {self.what} again")
        return table

    def _parsed(self, path: str | Path, **options) -> pd.DataFrame:
        try:
            plain = {"sep": "\t", "quoting": csv.QUOTE_NONE, "index_col": False, "keep_default_na": False}
            return pd.read_csv(existing(path, self.what), **plain, **options)
        except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
            raise UserError(f"{path}: not a tab-separated table ({str(error).strip()}); write it again") from error

    def _wrong_column(self, table: pd.DataFrame) -> str:
        """A column that is missing, or that was not declared; "" if there is none."""
        missing = [name for name in self.columns if name not in table]
        if missing:
            return f"column {missing[0]} is missing"
        unknown = [] if self.others else [name for name in table if name not in self.columns + self.optional]
        return f"column {unknown[0]} is unknown" if unknown else ""
