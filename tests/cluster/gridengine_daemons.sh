# shellcheck shell=bash
# What bringing GridEngine up and taking it down share; sourced with $folder set.
# shellcheck disable=SC2154
export SGE_ROOT=$folder/root SGE_CELL=ci SGE_QMASTER_PORT=16844 SGE_EXECD_PORT=16845
# shellcheck disable=SC2034
common=$SGE_ROOT/$SGE_CELL/common spool=$folder/spool log=$folder/log
qmaster_pid=$spool/qmaster/qmaster.pid
deadline=${RT_CLUSTER_DEADLINE:-60}
PATH=$folder/bin:$PATH

print_environment() {
  printf 'export %s=%q\n' SGE_ROOT "$SGE_ROOT" SGE_CELL "$SGE_CELL" SGE_QMASTER_PORT "$SGE_QMASTER_PORT" \
    SGE_EXECD_PORT "$SGE_EXECD_PORT"
  # shellcheck disable=SC2016
  printf 'export PATH=%q:"$PATH"\n' "$folder/bin"
}

# The execd's pid file lies in a folder named as the host is known to it.
execd_pid() { find "$spool/execd" -mindepth 2 -maxdepth 2 -name execd.pid 2>/dev/null | head -n 1; }

# The process of a pid file, where it lives and is still that program: a number may be another's by now.
find_pid() {
  local program=$1 file=$2 pid
  pid=$(cat "$file" 2>/dev/null) || return 1
  # A zombie still has a name, and no program.
  [[ $pid && -e /proc/$pid/exe && $(cat "/proc/$pid/comm" 2>/dev/null) == "$program" ]] || return 1
  echo "$pid"
}

alive() { find_pid "$@" >/dev/null; }

# wait_for WHAT COMMAND...: until the command succeeds; past the deadline, what it said, the ends of the logs and exit.
wait_for() {
  local what=$1 said end=$((SECONDS + deadline))
  shift
  until said=$("$@" 2>&1); do
    if ((SECONDS >= end)); then give_up "$what did not come within $deadline s ($*: $said)"; fi
    sleep 0.1
  done
}

give_up() {
  echo "gridengine.sh: $1; the ends of its logs:" >&2
  tail -n 15 "$log"/* "$spool"/qmaster/messages "$spool"/execd/*/messages >&2 2>/dev/null || true
  exit 1
}

every_daemon_lives() { alive sge_qmaster "$qmaster_pid" && alive sge_execd "$(execd_pid)"; }

# Both queues are on the host, in no state that keeps jobs out: unknown (u), error (E), alarm (a), disabled (d).
every_queue_is_ready() {
  [[ $(qstat -f | awk '/^(all\.q|short)@/ { ready += (NF == 5) } END { print ready }') == 2 ]]
}
