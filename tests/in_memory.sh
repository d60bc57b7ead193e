#!/bin/bash
# Run pytest, as it is called in "$@", where what tests write lies in memory, if there is room for it: a run of all tests
# writes 470,000 files, 4 GB. On a disk they cost more CPU time than many tests, and pytest, which keeps the files of the
# last three runs, removes at its end those of the run before, for minutes. What a run that failed wrote is left there.
set -euo pipefail
MOST=12000000 # kB: three times what a run writes
shared=$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1) || shared=0
memory=$(sed -n 's/^MemAvailable: *\([0-9]*\) kB$/\1/p' /proc/meminfo)
if ((shared < MOST || ${memory:-0} < MOST)); then exec "$@"; fi
place=$(mktemp -d /dev/shm/rt.XXXX)
trap 'echo "Left in memory: $place (rm -r it)" >&2' EXIT
"$@" --basetemp="$place/t"
trap - EXIT
rm -rf -- "$place"
