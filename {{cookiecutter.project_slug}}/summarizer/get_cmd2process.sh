#!/usr/bin/env bash
# Find the days whose summary is missing or out of date, list one command a day, and fill in the job script.
#   bash get_cmd2process.sh [stage] [--json] [--all]
#     --json    for programs
#     --all     list also what was set aside because it failed too often
# A day is listed once nothing of it can still come; days that wait are named, with the reason.
set -euo pipefail
unset CDPATH
self=${BASH_SOURCE[0]}
[[ $self == */* ]] || self=./$self
[[ ! ${1:-} =~ ^(-h|--help|help)$ ]] || { sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0; }
# shellcheck source=/dev/null  # it is read here, since a second bash would have to start
source "${self%/*}/../rt" scan --folder summarizer "$@"
