#!/usr/bin/env bash
# Run one task of a batch by hand, just as the job array does, and see what it prints:
#   bash run_task.sh <batch> <n>        as: bash run_task.sh 7 12
#
# summarizer/run_task.sh is a link to this file: the batches are those of the folder in which it was called.
set -euo pipefail
[[ -e /dev/fd/2 ]] || exec 2>/dev/null # a closed stream would become whichever file is opened first
[[ -e /dev/fd/1 ]] || exec >/dev/null
unset CDPATH
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if [[ ${1:-} =~ ^(-h|--help|help)$ ]]; then
  sed -n '2,3s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
  exit 0
elif ! [[ ${1:-} =~ ^[0-9]+$ ]]; then
  sed -n '2,3s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
fi
printf -v batch '%04d' "$((10#$1))"
if ! [[ -r $here/batches/$batch/run_task.sh ]]; then
  echo "There is no batch $batch in $here/batches." >&2
  exit 1
fi
exec bash "$here/batches/$batch/run_task.sh" "$@"
