#!/usr/bin/env bash
# Run tasks of a batch, as the job array does, one after the other:   bash run_task.sh <batch> <n> [<n>...]
#   <batch> its number, as 7 or 0007; <n> the line of its files2process.txt, from 1; 11+10: ten from 11 on.
# Writes output.<n> in the batch's folder. Exit code: 0 the result is there and proven; 65 a bad result;
# 66 an input is missing or not whole; 70, 73, 74 the surroundings fail (helper, folders, space); 75 another
# job has this batch or is at this task; 143 it was stopped; else the command's own (the last bad one).
#
# The parts beside this file hold the functions, by subject; the head of each says which globals it reads and sets. A
# batch holds all of it in one file, with the parts in the place of the loop that reads them (batches/node_side.py).
# Sets: HOSTNAME self batches batch here part settings stopped worst told known heard before owned
# Reads: wanted project maker younger parameter_files
# shellcheck disable=SC2034,SC2154  # the parts below read and set these names
set -euo pipefail
if ! [[ -e /dev/fd/2 ]]; then exec 2>/dev/null; fi # a closed stream would become whichever file is opened first
if ! [[ -e /dev/fd/1 ]]; then exec >/dev/null; fi
if ! [[ -e /dev/fd/0 ]]; then exec </dev/null; fi
if ! [[ $# -ge 2 && "$*" =~ ^[0-9]+(\ [1-9][0-9]*(\+[0-9]+)?)+$ ]]; then
  sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 404)); then
  echo "$HOSTNAME has bash $BASH_VERSION; run_task.sh needs bash 4.4 or newer." >&2
  exit 70
fi
unset CDPATH GLOBIGNORE
set +fC +o posix # an exported SHELLOPTS or BASHOPTS, or a BASH_ENV, may have set them
shopt -u dotglob extglob failglob globstar nocaseglob nocasematch nullglob xpg_echo
read -r HOSTNAME </proc/sys/kernel/hostname || true # an exported HOSTNAME may name the login node
# The names that bash and the job set before ours, without a process; bash's own names begin with capitals.
before="${!a*} ${!b*} ${!c*} ${!d*} ${!e*} ${!f*} ${!g*} ${!h*} ${!i*} ${!j*} ${!k*} ${!l*} ${!m*} ${!n*} ${!o*} ${!p*}
  ${!q*} ${!r*} ${!s*} ${!t*} ${!u*} ${!v*} ${!w*} ${!x*} ${!y*} ${!z*}"
if compgen -A function >/dev/null; then before+=" $(compgen -A function)"; fi # clusters export some, as module
declare -A known=() heard=()
self=${BASH_SOURCE[0]} stopped='' worst=0 owned=''
if [[ $self != /* ]]; then self=$PWD/$self; fi
batches=${self%/*}/..
printf -v batch '%04d' "$((10#$1))"
here=$batches/$batch
for part in read runs claim late inputs log work folders plain tracker command ends proof publish content small answer beside; do
  # shellcheck source=/dev/null
  source "$here/task_$part.sh"
done

run_task() { # runs a task from its claim to its end; ends the shell in which it runs
  read_task "$1"
  refuse_twin
  refuse_moving
  if [[ ${#younger[@]} -gt 0 ]]; then find_rivals; fi
  open_log
  mark_inputs
  if [[ ${#parameter_files[@]} -gt 0 ]]; then mark_parameters; fi
  mark_activate
  trap 'stopped=yes' TERM INT HUP USR1 USR2
  start_log
  if finished_already; then
    note_content "$project"
    end_log 0 finished "finished already, by $maker" already-finished
  fi
  require_inputs
  make_work_folder
  hash_inputs
  run_tracker
  require_proof
  if ! name_targets; then end_log 74 failed "no folder could be made for the results"; fi
  refuse_late
  if ! publish; then end_log 74 failed "the results could not be moved into place"; fi
  note_content "$project"
  end_log 0 finished
}

settings='' # bash that all tasks of the batch share (render/task.py); a batch's own run_task.sh holds it
read_batch "${@:2}"
limit_threads
told=''
read_task "$first"
find_younger
start_helper
find_runnable
if [[ ${#wanted[@]} -eq 1 ]]; then run_task "$first"; fi
open_told
find_own_names
trap 'stopped=yes' TERM INT HUP USR1 USR2
look_ahead "${wanted[@]}"
{ read -r owned <"$here/owner"; } 2>/dev/null || true # it never changes: not each task reads it
printf -v code '%(%Z)T' -1 # the time zone's file is read here, not by each task
code=0
if [[ -n ${RT_BESIDE:-} ]]; then run_beside; fi
for n in "${wanted[@]}"; do
  if [[ -n $stopped || -n ${RT_BESIDE:-} ]]; then break; fi
  (run_task "$n") || code=$?
  if [[ $code -ge 128 ]]; then start_helper; fi # a killed task may have left half an answer in the pipe
  if [[ $code -ne 0 ]]; then worst=$code code=0; fi
done
if [[ -n $stopped && $worst -eq 0 ]]; then worst=143; fi
exit "$worst"
