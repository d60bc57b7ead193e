#!/usr/bin/env bash
# Takes every daemon of the Slurm for tests down, by its pid file; its jobs are cancelled. Called by slurm.sh.
#   slurm_down.sh FOLDER
set -euo pipefail
folder=$1
# shellcheck source=tests/cluster/slurm_daemons.sh
source "$(dirname "${BASH_SOURCE[0]}")/slurm_daemons.sh"

no_job_is_left() { [[ ! $(squeue -h) ]]; }

cancel_jobs() {
  alive slurmctld "$folder/pid/slurmctld.pid" || return 0
  squeue -h -o %A 2>/dev/null | sort -u | xargs -r scancel || true
  local end=$((SECONDS + 15))
  until no_job_is_left || ((SECONDS >= end)); do sleep 0.1; done
}

# What no slurmctld could cancel: each slurmstepd of this Slurm, known by its current folder, and what it runs.
end_steps() {
  local process child
  for process in /proc/[0-9]*; do
    [[ $(cat "$process/comm" 2>/dev/null) == slurmstepd && $process/cwd -ef $folder/log ]] || continue
    while read -r child; do kill -9 -- "-$child" 2>/dev/null || true; done < <(pgrep -P "${process#/proc/}")
    kill -9 "${process#/proc/}" 2>/dev/null || true
  done
}

# stop PROGRAM PIDFILE: asked first; ended where it has not gone within 10 s.
stop() {
  local pid end=$((SECONDS + 10))
  pid=$(find_pid "$@") || pid=""
  if [[ $pid ]]; then kill "$pid" 2>/dev/null || true; fi
  while alive "$@"; do
    if ((SECONDS >= end)); then kill -9 "$pid" 2>/dev/null || true; fi
    sleep 0.05
  done
  rm -f -- "$2"
}

read_parts
cancel_jobs
for node in "${nodes[@]}"; do stop slurmd "$folder/pid/slurmd-$node.pid"; done
for ((i = ${#programs[@]} - 1; i >= 0; i--)); do stop "${programs[i]}" "$folder/pid/${programs[i]}.pid"; done
end_steps
