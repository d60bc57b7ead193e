#!/usr/bin/env bash
# A real GridEngine (8.1.9, Debian's or Ubuntu's) on this machine for tests: one host of 12 slots, with accounting.
#   gridengine.sh up     [FOLDER]   get what is missing (root) and bring it up; quick where it is up
#   gridengine.sh down   [FOLDER]   delete its jobs and take it down
#   gridengine.sh env    [FOLDER]   print what a shell needs: eval "$(gridengine.sh env)"
#   gridengine.sh status [FOLDER]   whether both daemons live (exit code 0) or not (1)
# Everything lies in FOLDER (/tmp/remote-tracker-gridengine): the packages are unpacked there and not installed, so no
# other shell finds this qsub. Installed are libraries alone. One at a time: its ports are fixed.
# Queues all.q and short (10 minutes; a job that asks for no h_rt lands there too once all.q is full), parallel
# environment smp. A job's shell is /bin/sh whatever its first line says, as the packages have it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

help() {
  sed -n '2,/^set /{s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"
}

refuse() {
  echo "gridengine.sh: $1" >&2
  exit 2
}

up() {
  [[ $folder != *[[:space:]]* ]] || refuse "$folder: GridEngine takes no folder with spaces"
  [[ $EUID == 0 ]] || refuse "its daemons start jobs as their owners: run it as root"
  make_own_folder "$folder"
  # --close: the daemons must not inherit the lock.
  if ! { every_daemon_lives && every_queue_is_ready; } 2>/dev/null; then
    flock --close "$folder/lock" bash "$here/gridengine_up.sh" "$folder"
  fi
  echo "$(qstat -help | head -n 1) is up in $folder"
}

action=${1:-help}
# shellcheck source=demo/own_folder.sh
source "$here/../../demo/own_folder.sh"
refuse_foreign "${2:-/tmp/remote-tracker-gridengine}"
folder=$(realpath -m -- "${2:-/tmp/remote-tracker-gridengine}")
# shellcheck source=tests/cluster/gridengine_daemons.sh
source "$here/gridengine_daemons.sh"
case $action in
  up) up ;;
  down) if [[ -d $folder ]]; then flock --close "$folder/lock" bash "$here/gridengine_down.sh" "$folder"; fi ;;
  env) print_environment ;;
  status) every_daemon_lives ;;
  help | -h | --help) help ;;
  *) help >&2; exit 2 ;;
esac
