#!/usr/bin/env bash
# A real Slurm on this machine for tests: three nodes of four virtual CPUs, with accounting.
#   slurm.sh up     [FOLDER]   install what is missing (Debian or Ubuntu, root) and bring it up; quick where it is up
#   slurm.sh down   [FOLDER]   cancel its jobs and take it down
#   slurm.sh env    [FOLDER]   print what a shell needs: eval "$(slurm.sh env)"
#   slurm.sh status [FOLDER]   whether all its daemons live (exit code 0) or not (1)
# Everything lies in FOLDER (/tmp/remote-tracker-slurm); nothing in /etc. Nodes have hostnames of their own: n1, n2, n3.
# Partitions main, short (10 minutes), gpu (node n3) and urgent, which preempts what runs in the others; accounts lab
# and other; qos normal and quick.
# When it is brought up:
#   RT_CGROUP=none       limits memory by polling even where cgroups can be used
#   RT_ACCOUNTING=none   makes a poor one: no accounting, one node, one partition, arrays of ten tasks at most
#   RT_PORTS=169         begins its ports with other digits than 168, so that it can be up beside another
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

help() {
  sed -n '2,/^set /{s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"
}

describe() {
  if grep -q '^ProctrackType=proctrack/cgroup' "$folder/slurm.conf"; then
    echo "memory limited by cgroup v1"
  else
    echo "memory limited by polling (RT_CGROUP=none, or no cgroup v1 can be made here)"
  fi
}

up() {
  [[ $folder != *[[:space:]]* ]] || { echo "slurm.sh: $folder: Slurm takes no folder with spaces" >&2; exit 2; }
  make_own_folder "$folder"
  # --close: the daemons must not inherit the lock.
  if ! { every_daemon_lives && every_node_is_ready; } 2>/dev/null; then
    flock --close "$folder/lock" bash "$here/slurm_up.sh" "$folder"
  fi
  echo "$(sinfo --version) is up in $folder: $(describe)"
}

action=${1:-help}
# shellcheck source=demo/own_folder.sh
source "$here/../../demo/own_folder.sh"
refuse_foreign "${2:-/tmp/remote-tracker-slurm}"
folder=$(realpath -m -- "${2:-/tmp/remote-tracker-slurm}")
# shellcheck source=tests/cluster/slurm_daemons.sh
source "$here/slurm_daemons.sh"
case $action in
  up) up ;;
  down) if [[ -d $folder ]]; then flock --close "$folder/lock" bash "$here/slurm_down.sh" "$folder"; fi ;;
  env) printf 'export SLURM_CONF=%q\n' "$folder/slurm.conf" ;;
  status) every_daemon_lives ;;
  help | -h | --help) help ;;
  *) help >&2; exit 2 ;;
esac
