#!/usr/bin/env bash
# Writes the configuration of the Slurm for tests into a folder, from the templates in conf/.
#   slurm_conf.sh FOLDER
# RT_CGROUP=none limits memory by polling even where cgroups can be used; RT_ACCOUNTING=none makes it a poor one;
# RT_PORTS (168) begins each of its ports.
set -euo pipefail
folder=$1
templates=$(cd "$(dirname "${BASH_SOURCE[0]}")/conf" && pwd)

# Slurm's cgroup/v2 needs systemd, so only version 1 is tried: whether groups can be made and memory limited.
cgroups_work() {
  local kind try works=0
  [[ ${RT_CGROUP:-} != none ]] || return 1
  for kind in freezer memory; do
    try=/sys/fs/cgroup/$kind/remote-tracker.$$
    mkdir "$try" 2>/dev/null || return 1
    if [[ $kind == memory ]]; then echo 64M 2>/dev/null >"$try/memory.limit_in_bytes" || works=1; fi
    rmdir "$try"
  done
  return "$works"
}

choose_tracking() {
  if cgroups_work; then
    printf '%s\\n' ProctrackType=proctrack/cgroup TaskPlugin=task/cgroup JobAcctGatherType=jobacct_gather/cgroup
  else
    printf '%s\\n' ProctrackType=proctrack/linuxproc TaskPlugin=task/none JobAcctGatherType=jobacct_gather/linux \
      JobAcctGatherParams=OverMemoryKill
  fi
}

choose_kind() { if [[ ${RT_ACCOUNTING:-} == none ]]; then echo poor; else echo rich; fi; }

# MiB a node: a quarter of the machine's memory for each of three, and no more than is needed.
choose_memory() {
  local quarter
  quarter=$(awk '/^MemTotal:/ { print int($2 / 4096) }' /proc/meminfo)
  echo $((quarter < 4000 ? quarter : 4000))
}

fill_in() {
  sed -e "s|@FOLDER@|$folder|g" -e "s|@HOST@|$(hostname -s)|g" -e "s|@USER@|$(id -un)|g" \
    -e "s|@MEMORY@|$(choose_memory)|g" -e "s|@TRACKING@|$(choose_tracking)|g" \
    -e "s|@PORTS@|${RT_PORTS:-168}|g" -e "s|@KIND@|$(choose_kind)|g" "$1"
}

umask 022
for template in "$templates"/*.in; do
  name=$(basename "$template" .in)
  fill_in "$template" >"$folder/$name"
done
chmod 600 "$folder/slurmdbd.conf"
