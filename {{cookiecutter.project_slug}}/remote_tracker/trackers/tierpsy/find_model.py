"""Tell whether Tierpsy finds the neural network that its parameter file asks for:   python find_model.py FILE

Runs in Tierpsy's own environment (Python 3.7 or later), in the project's folder. Where the network is not there Tierpsy
skips its filter of worms with no more than a warning, and all that it makes looks whole: here the exit code is 1 then.
What cannot be asked of this Tierpsy, as of a version before networks, is fine.
"""

from __future__ import annotations

import json
import sys
import warnings
from importlib import import_module

PATH = "path_to_custom_pytorch_model"


def read_filter(path: str) -> tuple[str, str]:
    """Return which filter a parameter file asks for, and the path of a network of one's own."""
    with open(path, encoding="utf-8") as file:
        told = json.load(file)
    if "use_nn_filter" in told:  # the word of versions before 1.5.2
        return ("tensorflow_default" if told["use_nn_filter"] else "none"), ""
    return told.get("nn_filter_to_use", "pytorch_default"), told.get(PATH, "")


def main() -> int:
    """Print what is missing; return the exit code."""
    try:
        which, path = read_filter(sys.argv[1])
        folder = import_module("tierpsy").AUX_FILES_DIR
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            asked = {"nn_filter_to_use": which, PATH: path if which == "custom" else ""}
            found = which == "none" or import_module("tierpsy.helper.params.models_path").get_model_filter_worms(asked)
    except Exception:  # what is wrong with the file is said elsewhere, and with Tierpsy by another need
        return 0
    if found:
        return 0
    where = f"there is none at {PATH} ({path!r})" if which == "custom" else f"it is not in {folder}"
    print(f"nn_filter_to_use asks for the network {which}, and {where}: Tierpsy would filter nothing")
    return 1


if __name__ == "__main__":
    sys.exit(main())
