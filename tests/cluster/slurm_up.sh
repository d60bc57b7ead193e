#!/usr/bin/env bash
# Brings every daemon of the Slurm for tests up; those that run are left alone. Called by slurm.sh.
#   slurm_up.sh FOLDER
set -euo pipefail
folder=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/cluster/slurm_daemons.sh
source "$here/slurm_daemons.sh"
pid=$folder/pid log=$folder/log

make_folders() {
  umask 022
  mkdir -p "$pid" "$log" "$folder"/{munge,database,state,spool-n1,spool-n2,spool-n3}
  : >>"$log/start.log"
}

start_munge() {
  local munge=$folder/munge
  [[ -s $munge/key ]] || mungekey --create --keyfile="$munge/key"
  start munged "$pid/munged.pid" "$munge/log" munged --force --key-file="$munge/key" --socket="$munge/socket" \
    --pid-file="$pid/munged.pid" --log-file="$munge/log" --seed-file="$munge/seed"
  wait_for "munged's answer" "$munge/log" munge -n -S "$munge/socket"
}

start_database() {
  [[ -d $folder/database/mysql ]] || mariadb-install-db --no-defaults --datadir="$folder/database" \
    --user="$(id -un)" --skip-test-db >"$log/mariadbd.log" 2>&1 || give_up "no database was made" "$log/mariadbd.log"
  start mariadbd "$pid/mariadbd.pid" "$log/mariadbd.log" in_background mariadbd --defaults-file="$folder/my.cnf"
  wait_for "MariaDB's answer" "$log/mariadbd.log" \
    mariadb --no-defaults -h 127.0.0.1 -P "$(sed -n 's/^port=//p' "$folder/my.cnf")" -u slurm -pslurm -e 'SELECT 1' slurm_acct_db
}

in_background() { setsid "$@" & }

start_accounting() {
  start slurmdbd "$pid/slurmdbd.pid" "$log/slurmdbd.log" slurmdbd
  wait_for "slurmdbd's answer" "$log/slurmdbd.log" sacctmgr -n show cluster
  bash "$here/slurm_accounts.sh" >>"$log/start.log" 2>&1 || give_up "accounts could not be made" "$log/start.log"
}

# with_hostname NAME COMMAND...: in a UTS namespace of its own, so that tasks see the hostname of their node.
with_hostname() {
  # shellcheck disable=SC2016  # the shell inside reads its own words
  unshare --uts bash -c 'hostname "$0" && exec "$@"' "$@"
}

start_nodes() {
  local node
  start slurmctld "$pid/slurmctld.pid" "$log/slurmctld.log" slurmctld -f "$SLURM_CONF"
  wait_for "slurmctld's answer" "$log/slurmctld.log" scontrol ping
  for node in "${nodes[@]}"; do
    start slurmd "$pid/slurmd-$node.pid" "$log/slurmd-$node.log" with_hostname "$node" slurmd -f "$SLURM_CONF" -N "$node"
  done
  wait_for "a ready state of all nodes" "$log/slurmctld.log" every_node_is_ready
}

bash "$here/install_slurm.sh"
make_folders
alive slurmctld "$pid/slurmctld.pid" || bash "$here/slurm_conf.sh" "$folder"
read_parts
start_munge
if [[ " ${programs[*]} " == *" slurmdbd "* ]]; then
  start_database
  start_accounting
fi
start_nodes
