"""Measure one video; put your own program in its place:   python3 measure.py VIDEO TABLE [--label NAME]"""

import argparse
import csv
import os

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("video")
parser.add_argument("table")
parser.add_argument("--label", default="size")
typed = parser.parse_args()

with open(typed.table, "w", newline="", encoding="utf-8", errors="surrogateescape") as file:
    table = csv.writer(file, lineterminator="\n")
    table.writerow(["name", typed.label])
    table.writerow([os.path.basename(typed.video), os.path.getsize(typed.video)])
