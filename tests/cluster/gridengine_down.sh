#!/usr/bin/env bash
# Takes both daemons of the GridEngine for tests down, by pid files; its jobs are deleted. Called by gridengine.sh.
#   gridengine_down.sh FOLDER
set -euo pipefail
folder=$1
# shellcheck source=tests/cluster/gridengine_daemons.sh
source "$(dirname "${BASH_SOURCE[0]}")/gridengine_daemons.sh"

no_job_is_left() { [[ ! $(qstat -u '*') ]]; }

delete_jobs() {
  alive sge_qmaster "$qmaster_pid" || return 0
  local end=$((SECONDS + 15))
  qdel -u '*' >/dev/null 2>&1 || true
  until no_job_is_left || ((SECONDS >= end)); do sleep 0.1; done
}

# What no qmaster could delete: each shepherd of this GridEngine, known by its current folder, and what it runs.
end_shepherds() {
  local process child
  for process in /proc/[0-9]*; do
    [[ $(cat "$process/comm" 2>/dev/null) == sge_shepherd && $(readlink "$process/cwd") == "$spool"/* ]] || continue
    while read -r child; do kill -9 -- "-$child" 2>/dev/null || true; done < <(pgrep -P "${process#/proc/}")
    kill -9 "${process#/proc/}" 2>/dev/null || true
  done
}

# stop PROGRAM PIDFILE: asked first; ended where it has not gone within 30 s (sge_qmaster takes 5 to 10).
stop() {
  local pid end=$((SECONDS + 30))
  pid=$(find_pid "$@") || pid=""
  if [[ $pid ]]; then kill "$pid" 2>/dev/null || true; fi
  while alive "$@"; do
    if ((SECONDS >= end)); then kill -9 "$pid" 2>/dev/null || true; fi
    sleep 0.05
  done
  rm -f -- "$2"
}

delete_jobs
stop sge_execd "$(execd_pid)"
stop sge_qmaster "$qmaster_pid"
end_shepherds
