"""Run a program of the user's that imports modules of its tracker:   python run_beside.py FOLDER PROGRAM [words...]

FOLDER, the tracker's, is named here and not in PYTHONPATH, which no path with a colon can stand in.
Runs in Python 3.7 or newer.
"""

import sys
from os.path import abspath, dirname
from runpy import run_path

if __name__ == "__main__":
    folder, program = sys.argv[1:3]
    sys.argv[:3] = [program]
    sys.path[0:1] = [dirname(abspath(program)), folder]
    run_path(program, run_name="__main__")
