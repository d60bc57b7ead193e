#!/usr/bin/env bash
# Run one task of a batch by hand, just as the job array does, and see what it prints:
#   bash run_task.sh <batch> <n>        as: bash run_task.sh 7 12
set -euo pipefail
unset CDPATH
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[[ ${1:-} =~ ^[0-9]+$ ]] || { sed -n '2,3s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
printf -v batch '%04d' "$((10#$1))"
[[ -r $here/batches/$batch/run_task.sh ]] || { echo "There is no batch $batch in $here/batches." >&2; exit 1; }
exec bash "$here/batches/$batch/run_task.sh" "$@"
