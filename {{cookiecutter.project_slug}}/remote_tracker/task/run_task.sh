#!/usr/bin/env bash
# Run tasks of a batch, as the job array does, one after the other:   bash run_task.sh <batch> <n> [<n>...]
#   <batch> its number, as 7 or 0007; <n> the line of its files2process.txt, from 1; 11+10: ten from 11 on.
# Writes output.<n> in the batch's folder. Exit code: 0 the result is there and proven; 65 a bad result;
# 66 an input is missing or not whole; 70, 73, 74 the surroundings fail (helper, folders, space); 75 another
# job has this batch or is at this task; 143 it was stopped; else the command's own (the last bad one).
# shellcheck disable=SC2034,SC2154  # the parts below read and set these names
set -euo pipefail
if ! [[ $# -ge 2 && "$*" =~ ^[0-9]+(\ [1-9][0-9]*(\+[0-9]+)?)+$ ]]; then
  sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 404)); then
  echo "$HOSTNAME has bash $BASH_VERSION; run_task.sh needs bash 4.4 or newer." >&2
  exit 70
fi
unset CDPATH
read -r HOSTNAME </proc/sys/kernel/hostname || true # an exported one may be that of the login node
declare -A known=()
self=${BASH_SOURCE[0]} stopped=''
[[ $self == /* ]] || self=$PWD/$self
batches=${self%/*}/..
printf -v batch '%04d' "$((10#$1))"
here=$batches/$batch
for part in read claim inputs log work environment command proof publish; do
  # shellcheck source=/dev/null
  source "$here/task_$part.sh"
done

run_task() { # ends the shell it runs in
  read_task "$1"
  refuse_twin
  open_log
  mark_inputs
  mark_parameters
  trap 'stopped=yes' TERM INT HUP USR1 USR2
  start_log
  ! finished_already || end_log 0 finished "finished already, by another batch"
  require_inputs
  make_work_folder
  load_environment
  find_version
  require_ready
  code=0
  run_command || code=$?
  program=$code # evidence; what this task ends with is the verdict
  [[ -z $stopped ]] || end_log 143 cancelled "it was stopped"
  accept_exit "$code" || end_log "$code" failed "$(last_word)"
  find_fault "$out" || refuse_result "$?"
  refuse_overtaken
  publish || end_log 74 failed "the results could not be moved into place"
  end_log 0 finished
}

read_batch "${@:2}"
[[ ${#wanted[@]} -gt 1 ]] || run_task "${wanted[0]}"
trap 'stopped=yes' TERM INT HUP USR1 USR2
look_ahead "${wanted[@]}"
worst=0
for n in "${wanted[@]}"; do
  [[ -n $stopped ]] || (run_task "$n") || worst=$?
done
[[ -z $stopped || $worst -ne 0 ]] || worst=143
exit "$worst"
