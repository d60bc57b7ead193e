# shellcheck shell=bash disable=SC2034,SC2154
# Whether this copy may do the task at all: nothing runs twice, and a node that fails everything is stopped.

refuse_twin() { # the batch belongs to the array that linked `owner` first
  local owner='' mine=$here/.owner.$HOSTNAME.$BASHPID
  [[ -z ${RT_JOB:-} || ! -e $here/gone ]] || { echo "Batch $batch was given up. Nothing was done: scan again." && exit 75; }
  refuse_halted
  refuse_running
  [[ -n ${RT_JOB:-} ]] || return 0
  if ! [[ -e $here/owner ]]; then
    printf '%s\n' "$RT_JOB" >"$mine"
    ln "$mine" "$here/owner" 2>/dev/null || true
    rm -f "$mine"
  fi
  read -r owner <"$here/owner" || true
  [[ $owner != "$RT_JOB" ]] || return 0
  echo "Batch $batch belongs to job $owner; this is job $RT_JOB. Nothing was done: scan again."
  exit 75
}

refuse_halted() { # a node that fails every task takes them all, one after the other, if nothing stops it
  local halted
  [[ -n ${RT_JOB:-} && -e $here/halted ]] || return 0
  read -r halted <"$here/halted" || true
  echo "Batch $batch halted itself: ${halted%% why=*} failed 5 tasks in a row: ${halted#* why=}. Nothing was done."
  exit 75
}

refuse_running() { # by hand or not, a task runs once at a time; its log says who is at it
  local line pid='' host='' job=by-hand
  [[ -s $here/output.$n ]] || return 0
  while IFS= read -r line; do
    pid='' job=by-hand
    [[ $line == '# start '* ]] || continue
    line=${line#*" host="} host=${line%% *} pid=${line#*" pid="} job=${line#*" job="}
    pid=${pid%% *} job=${job%% *}
  done < <(grep -a -e '^# start .* host=' -e '# end .* result=' "$here/output.$n")
  if [[ $host == "$HOSTNAME" && -n $pid ]] && grep -aqs run_task.sh "/proc/$pid/cmdline"; then
    echo "Task $n of batch $batch is running here already (process $pid). Nothing was done."
  elif [[ $host != "$HOSTNAME" && $job != by-hand && -z ${RT_JOB:-} ]]; then # whether it lives cannot be seen from here
    echo "Task $n of batch $batch was started by job $job on $host and has no end. Nothing was done: cancel it first, or scan again."
  else
    return 0
  fi
  exit 75
}

refuse_overtaken() { # a requeued task may still run on a node that came back: what it made is not published
  local starts
  [[ -z ${RT_ALONE:-} && -n ${RT_JOB:-} && $SECONDS -ge 10 ]] || return 0 # no node is given up within seconds
  starts=$(exec grep -a '^# start .* host=' "$here/output.$n") || return 0
  [[ ${starts##*$'\n'} != *" host=$HOSTNAME pid=$BASHPID "* ]] || return 0
  trap - EXIT
  [[ $mode == resume || -z $work ]] || rm -rf -- "$work" # a kept one is the other copy's, too
  echo "# This copy (process $BASHPID on $HOSTNAME) was overtaken by a later start: nothing of it was published."
  exit 75
}

note_failure() { # <exit code> <result> <why>: five quick ones alike in a row on one node halt the batch
  local node=${RT_NODE:-$HOSTNAME} log lines
  log=$here/failed.$node
  [[ -z ${RT_ALONE:-} && -n ${RT_JOB:-} ]] || return 0
  if [[ $2 == finished ]]; then
    [[ ! -e $log ]] || rm -f "$log"
  elif [[ $2 == failed && $SECONDS -lt 60 ]]; then
    printf '%s %s\n' "$1" "${3//"$unit"/}" >>"$log"
    mapfile -t lines < <(tail -n 5 "$log" | LC_ALL=C sort | LC_ALL=C uniq -c)
    [[ ${#lines[@]} -ne 1 || ${lines[0]} != *"5 $1 "* ]] || halt_batch "$node" "$3"
  fi
}

halt_batch() { # <node> <why>: whole at once, since others read it at any time
  local mine=$here/.halted.$HOSTNAME.$BASHPID
  printf 'node=%s why=%s\n' "$1" "$2" >"$mine" && mv -f "$mine" "$here/halted"
}
