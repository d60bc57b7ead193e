"""YOURS. Your own inference, in the place of `python -m tramway infer`: name it in project.yml, below params:
    script: AuxiliaryFiles/my_inference.py
    mode: my_d
It is called as: python my_inference.py FILE.rwa --mesh mesh --label my_d
FILE.rwa is a copy of its own that holds the mesh; add your maps to it under the label. Regions come one at a time.
"""

import argparse

import numpy as np
import pandas as pd
from tramway.core.hdf5 import load_rwa, save_rwa
from tramway.inference import Maps, Translocations, distributed


def infer(cell):
    """Return name -> value for a cell: here the diffusivity of its molecules, estimated from their steps."""
    return {"diffusivity": np.mean(np.sum(cell.dr**2, axis=1) / cell.dt) / 4}


parser = argparse.ArgumentParser()
parser.add_argument("file")
parser.add_argument("--mesh")
parser.add_argument("--label")
typed = parser.parse_args()

tree = load_rwa(typed.file)
cells = distributed(tree[typed.mesh].data, new_cell=Translocations)
found = {number: infer(cells[number]) for number in cells if len(cells[number])}
maps = Maps(pd.DataFrame.from_dict(found, orient="index"), mode=typed.label)
tree[typed.mesh].add(maps, label=typed.label)
save_rwa(typed.file, tree, force=True)
