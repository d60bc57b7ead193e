#!/usr/bin/env bash
# Run one task of a batch, as the job array does:   bash run_task.sh <batch> <n>
#   <batch> its number, as 7 or 0007; <n> the line of its files2process.txt, from 1.
# Writes output.<n> in the batch's folder. Exit code: 0 the result is there and proven; 65 a bad result;
# 66 an input is missing; 70, 73, 74 the surroundings fail (helper, folders, space); 75 another job has
# this batch or is at this task; 143 it was stopped; else the command's own.
# shellcheck disable=SC2034,SC2154  # the parts below read and set these names
set -euo pipefail
if ! [[ $# -eq 2 && $1 =~ ^[0-9]+$ && $2 =~ ^[1-9][0-9]*$ ]]; then
  sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
unset CDPATH
batches=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
printf -v batch '%04d' "$((10#$1))"
n=$2 here=$batches/$batch
for part in read log work proof; do
  # shellcheck source=/dev/null
  source "$here/task_$part.sh"
done

read_batch
read_task
refuse_twin
open_log
trap 'stopped=yes' TERM INT HUP
start_log
! finished_already || end_log 0 finished "finished already, by another batch"
require_inputs
make_work_folder
load_environment
code=0
run_command || code=$?
[[ -z $stopped ]] || end_log 143 cancelled "it was stopped"
accept_exit "$code" || end_log "$code" failed "$(last_word)"
why=$(find_fault "$out") || refuse_result "$?" "$why"
publish || end_log 74 failed "the results could not be moved into place"
end_log 0 finished
