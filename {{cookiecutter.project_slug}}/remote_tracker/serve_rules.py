"""Goes with 0.2: this is snakemake/serve.py now. A rule_jobs.sh that ./rt update swapped while it ran starts this."""

import sys
from os.path import abspath, dirname

sys.path.insert(0, dirname(dirname(abspath(__file__))))

from remote_tracker.snakemake.__main__ import main

sys.exit(main(sys.argv[1:]))
