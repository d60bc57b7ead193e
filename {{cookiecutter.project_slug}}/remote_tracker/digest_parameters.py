"""Started by run_task.sh as a file, in isolation (-I), where a parameter file changed that its program rewrites itself.

    python digest_parameters.py ROOT [--rewritten PATH KEY,KEY...]... PATH...

Prints the digest of the parameter files in the project's folder ROOT, as a scan computes it.
"""

import sys
from os.path import abspath, dirname
from pathlib import Path

sys.path.insert(0, dirname(dirname(abspath(__file__))))

from remote_tracker.parameters.digest import digest_files


def main(words: list[str]) -> None:
    """Print the digest of the files that the command line names."""
    root, rewritten = Path(words.pop(0)), {}
    while words[0] == "--rewritten":
        rewritten[words[1]] = words[2].split(",")
        del words[:3]
    print(digest_files(root, words, rewritten))


if __name__ == "__main__":
    main(sys.argv[1:])
