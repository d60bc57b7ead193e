# shellcheck shell=bash
# What bringing Slurm up and taking it down share; sourced with $folder set.
# shellcheck disable=SC2154
export SLURM_CONF=$folder/slurm.conf
deadline=${RT_CLUSTER_DEADLINE:-60}

# Sets what this Slurm consists of, as its configuration says: `programs` in the order of their start, and `nodes`.
# shellcheck disable=SC2034
read_parts() {
  local kind
  kind=$(sed -n 's/^include //p' "$SLURM_CONF" 2>/dev/null) || true
  programs=(munged mariadbd slurmdbd slurmctld)
  if ! grep -qs accounting_storage/slurmdbd "$kind"; then programs=(munged slurmctld); fi
  mapfile -t nodes < <(sed -n 's/^NodeName=\(n[0-9]*\) .*/\1/p' "$kind" 2>/dev/null)
}

# The process of a pid file, where it lives and is still that program: a number may be another's by now.
find_pid() {
  local program=$1 file=$2 pid
  pid=$(cat "$file" 2>/dev/null) || return 1
  # A zombie still has a name, and no program.
  [[ $pid && -e /proc/$pid/exe && $(cat "/proc/$pid/comm" 2>/dev/null) == "$program" ]] || return 1
  echo "$pid"
}

alive() { find_pid "$@" >/dev/null; }

# wait_for WHAT LOG COMMAND...: until the command succeeds; past the deadline, what it said, the end of the log and exit.
wait_for() {
  local what=$1 log=$2 said end=$((SECONDS + deadline))
  shift 2
  until said=$("$@" 2>&1); do
    if ((SECONDS >= end)); then give_up "$what did not come within $deadline s ($*: $said)" "$log"; fi
    sleep 0.1
  done
}

give_up() {
  echo "slurm.sh: $1; the end of $2:" >&2
  tail -n 25 "$2" >&2 || true
  exit 1
}

# start PROGRAM PIDFILE LOG COMMAND...: nothing where it runs; else the command, which puts itself in the background.
start() {
  local program=$1 file=$2 log=$3
  shift 3
  if alive "$program" "$file"; then return; fi
  rm -f -- "$file"
  "$@" </dev/null >>"$folder/log/start.log" 2>&1 || give_up "$program did not start (see also $folder/log/start.log)" "$log"
}

every_daemon_lives() {
  local program node
  read_parts
  for program in "${programs[@]}"; do
    alive "$program" "$folder/pid/$program.pid" || return 1
  done
  for node in "${nodes[@]}"; do
    alive slurmd "$folder/pid/slurmd-$node.pid" || return 1
  done
}

# Every node takes jobs; one that is down (its daemon was killed) is resumed first.
every_node_is_ready() {
  local node state ready=0
  while read -r node state; do
    case $state in
      idle | mixed | allocated | completing | planned) ((++ready)) ;;
      down | drained | draining) scontrol update "nodename=$node" state=resume || true ;;
    esac
  done < <(sinfo -h -N -p main -o '%N %T')
  ((ready == ${#nodes[@]}))
}
