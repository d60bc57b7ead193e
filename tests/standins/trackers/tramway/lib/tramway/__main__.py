"""Stand in for python -m tramway, version 0.7, as it was measured; its cells are squares of one unit.

Missing, empty, garbage or truncated input ends with 1 and without output; infer writes into its input, and without a
label adds one more map each time. A mesh has its centres scaled with -w, its locations assigned in pairs with --knn.
STANDIN_DIES=tessellate|infer: it is killed in the middle of writing. STANDIN_CALLS: a file that gets a line a call.
"""

from __future__ import annotations

import argparse
import os
import sys

METHODS = ("gas", "gwr", "kohonen", "window", "kdtree", "grid", "hexagon", "random", "kmeans")
MODES = ("d", "dd", "df", "dv", "standard.d", "snr", "density")


def parse() -> argparse.Namespace:
    """Return what was typed, refused with 2 where the real one refuses it."""
    parser = argparse.ArgumentParser(prog="tramway")
    parser.add_argument("-i", "--input", default="")
    parser.add_argument("-o", "--output", default="")
    verbs = parser.add_subparsers(dest="verb", required=True)
    methods = verbs.add_parser("tessellate").add_subparsers(dest="method", required=True)
    for method in METHODS:
        inner = methods.add_parser(method)
        inner.add_argument("-n", "--knn", type=int)
        inner.add_argument("-w", action="store_true")
        inner.add_argument("-l", "--label")
    modes = verbs.add_parser("infer").add_subparsers(dest="mode", required=True)
    for mode in MODES:
        inner = modes.add_parser(mode)
        inner.add_argument("-L", "--input-label")
        inner.add_argument("-l", "--output-label")
        inner.add_argument("-e", "--localization-error", type=float)
    verbs.add_parser("dump")
    return parser.parse_args()


def main() -> int:
    """Do what was typed; what fails has written nothing."""
    typed = parse()
    if calls := os.environ.get("STANDIN_CALLS"):
        with open(calls, "a", encoding="utf-8") as file:
            file.write(f"{typed.verb}\n")
    if not os.path.exists(typed.input):
        print(f"cannot find file: {typed.input}")
        return 1
    from .work import VERBS  # h5py and numpy take 0.15 s, and most calls ask for -h

    VERBS[typed.verb](typed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
