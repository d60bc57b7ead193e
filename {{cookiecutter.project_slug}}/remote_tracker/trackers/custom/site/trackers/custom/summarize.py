"""Put the tables of one day into two:   python3 summarize.py FILENAMES FEATURES TABLE...

FILENAMES gets file_id,filename,is_good,feature_rows; FEATURES gets file_id and the columns of the tables, a row for
each of theirs. feature_rows is how many rows a file has there.
"""

import csv
import os
import sys

filenames, features, *tables = sys.argv[1:]
project = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
files, rows, columns = [["file_id", "filename", "is_good", "feature_rows"]], [], []
for file_id, path in enumerate(sorted(tables)):
    with open(path, newline="", encoding="utf-8", errors="surrogateescape") as file:
        found = list(csv.DictReader(file))
    files.append([file_id, os.path.relpath(path, project), bool(found), len(found)])
    rows += [{"file_id": file_id, **row} for row in found]
    columns += [name for name in (found[0] if found else []) if name not in columns]

with open(features, "w", newline="", encoding="utf-8", errors="surrogateescape") as file:
    table = csv.DictWriter(file, ["file_id", *columns], lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
with open(filenames, "w", newline="", encoding="utf-8", errors="surrogateescape") as file:
    csv.writer(file, lineterminator="\n").writerows(files)
