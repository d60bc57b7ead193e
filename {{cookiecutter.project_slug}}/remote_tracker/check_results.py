"""Started by run_task.sh as a file, in isolation (-I): the tracker's PYTHONPATH is for its own programs."""

import sys
from os.path import abspath, dirname

sys.path.insert(0, dirname(dirname(abspath(__file__))))

from remote_tracker.checks.__main__ import main

sys.exit(main(sys.argv[1:]))
