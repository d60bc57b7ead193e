"""Answers rule_jobs.sh, which starts this file in isolation (-I): Snakemake's PYTHONPATH is for its own programs."""

import sys
from os.path import abspath, dirname

sys.path.insert(0, dirname(dirname(dirname(abspath(__file__)))))

from remote_tracker.snakemake.__main__ import main

sys.exit(main(sys.argv[1:]))
