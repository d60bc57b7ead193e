#!/usr/bin/env bash
# Brings both daemons of the GridEngine for tests up; one that runs is left alone. Called by gridengine.sh.
#   gridengine_up.sh FOLDER
set -euo pipefail
folder=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/cluster/gridengine_daemons.sh
source "$here/gridengine_daemons.sh"

# Links to what people type: beside it lie dozens of programs of GridEngine's own, `now` and `work` among them.
link_commands() {
  local command
  mkdir -p "$folder/bin"
  for command in "$SGE_ROOT/bin/$("$SGE_ROOT/util/arch")"/q*; do ln -sf "$command" "$folder/bin/"; done
}

# As a machine starts daemons: jobs inherit their environment.
start() {
  env -i PATH=/usr/local/bin:/usr/bin:/bin SGE_ROOT="$SGE_ROOT" SGE_CELL="$SGE_CELL" \
    SGE_QMASTER_PORT="$SGE_QMASTER_PORT" SGE_EXECD_PORT="$SGE_EXECD_PORT" \
    "$SGE_ROOT/bin/$("$SGE_ROOT/util/arch")/$1" </dev/null >>"$log/start.log" 2>&1 || give_up "$1 did not start"
}

start_qmaster() {
  if ! alive sge_qmaster "$qmaster_pid"; then
    rm -f -- "$qmaster_pid"
    bash "$here/gridengine_conf.sh" "$folder" >>"$log/start.log" 2>&1 || give_up "no cell was made"
    start sge_qmaster
  fi
  wait_for "sge_qmaster's answer" qconf -sh
  bash "$here/gridengine_queues.sh" "$folder" >>"$log/start.log" 2>&1 || give_up "no queues were made"
}

start_execd() {
  local file
  file=$(execd_pid)
  if ! alive sge_execd "$file"; then
    rm -f -- "$file"
    start sge_execd
  fi
  wait_for "a ready state of both queues" every_queue_is_ready
}

umask 022
mkdir -p "$log"
bash "$here/gridengine_get.sh" "$folder"
link_commands
start_qmaster
start_execd
