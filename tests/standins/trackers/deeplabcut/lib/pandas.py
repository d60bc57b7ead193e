"""Stand in for pandas: what analyze_video.py asks of it, a table without a row."""

from __future__ import annotations

import csv

import h5py


class MultiIndex(list):
    """Columns with several names above each."""

    names = ()

    @classmethod
    def from_tuples(cls, columns, names=()):
        """Return the columns; ``names`` say what each of a column's names is."""
        made = cls(columns)
        made.names = tuple(names)
        return made

    def get_level_values(self, name):
        """Return each column's name of this sort."""
        return [column[self.names.index(name)] for column in self]


class DataFrame:
    """A table without a row."""

    def __init__(self, columns, dtype):
        self.columns = columns

    def to_hdf(self, path, key, mode):
        """Write the table as pandas 2.3 does where it has no row: no data set called table."""
        with h5py.File(path, mode) as file:
            file[f"{key}/axis0_label0"] = list(range(len(self.columns)))
            file[f"{key}/axis1"] = [0.0]
            file[f"{key}/block0_values"] = [[0.0]]

    def to_csv(self, path):
        """Write the lines above the numbers."""
        with open(path, "w", newline="") as file:
            lines = zip(self.columns.names, zip(*self.columns))  # noqa: B905
            csv.writer(file, lineterminator="\n").writerows([name, *names] for name, names in lines)
