#!/usr/bin/env bash
# Find what is still to be processed, list its commands, and fill in the job script.
#   bash get_files2process.sh [stage] [--json] [--all] [--deep] [--as-new]
#     stage     which step of the tracker; without it the first that has work
#     --json    for programs
#     --all     list also what was set aside because it failed too often
#     --deep    read every frame of what is to be listed first; that takes minutes
#     --as-new  list also what was moved or renamed, as if it were new
# It changes nothing that is queued or running, and may be run at any time.
set -euo pipefail
unset CDPATH
self=${BASH_SOURCE[0]}
[[ $self == */* ]] || self=./$self
[[ ! ${1:-} =~ ^(-h|--help|help)$ ]] || { sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0; }
# shellcheck source=/dev/null  # it is read here, since a second bash would have to start
source "${self%/*}/../rt" scan --folder workspace "$@"
