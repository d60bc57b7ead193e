# shellcheck shell=bash disable=SC2034,SC2154
# Whether this copy may do the task: nothing runs twice, and a node that fails everything is stopped.
# Reads: HOSTNAME batches here batch n unit token owned redone wanted, RT_JOB RT_ALONE RT_NODE of the job script
# Sets: given_up; writes owner, halted and failed.<node> in the batch's folder

refuse_twin() { # the batch belongs to the job array that wrote the file `owner` first
  local owner=$owned
  if [[ -e $here/gone ]]; then given_up=yes; fi
  if [[ -n ${RT_JOB:-} && -n $given_up ]]; then
    echo "Batch $batch was given up. Nothing was done: scan again."
    exit 75
  fi
  refuse_halted
  refuse_running
  if [[ -z ${RT_JOB:-} || $owner == "${RT_JOB:-}" ]]; then return 0; fi
  { read -r owner <"$here/owner"; } 2>/dev/null || true
  if [[ -z $owner ]]; then claim_file "$here/owner" "$RT_JOB"; fi
  if [[ -z $owner ]]; then
    echo "$here/owner cannot be written, or has no line: is the disk full? Nothing was done. If no job of this batch runs, remove it."
    exit 74
  elif [[ $owner != "$RT_JOB" ]]; then
    echo "Batch $batch belongs to job $owner; this is job $RT_JOB. Nothing was done: scan again."
    exit 75
  fi
}

claim_file() { # <path> <line>: writes the file unless it is there; sets `owner` of its caller to the line that it holds
  local mine random tries
  if ! [[ -e $1 ]]; then
    read -r random </proc/sys/kernel/random/uuid || random=$HOSTNAME.$BASHPID
    mine=${1%/*}/.${1##*/}.$random # a name that nobody can have made a link of before
    if write_new "$mine" "$2" && ! ln -T -- "$mine" "$1" 2>/dev/null; then
      write_new "$1" "$2" || true # it is there since, or the storage knows no hard links
    fi
    rm -f -- "$mine"
  fi
  for ((tries = 0; tries < 20; tries++)); do # without hard links it is empty for a moment
    owner=''
    read -r owner 2>/dev/null <"$1" || true
    if [[ -n $owner || ! -e $1 ]]; then return 0; fi
    sleep 0.1
  done
}

write_new() { # <path> <line>: fails where anything is there, a link included
  (set -C; printf '%s\n' "$2" >"$1") 2>/dev/null
}

refuse_halted() { # a node that fails every task takes them all, one after the other, if nothing stops it
  local halted
  if [[ -n ${RT_JOB:-} && -e $here/halted ]]; then
    read -r halted <"$here/halted" || true
    echo "Batch $batch halted itself: ${halted%% why=*} failed 5 tasks in a row: ${halted#* why=}. Nothing was done."
    exit 75
  fi
}

refuse_running() { # a task runs once at a time, by hand or in a job; its log says which process runs it
  if ! [[ -s $here/output.$n ]]; then return 0; fi
  local host pid job born began ended
  read_last_run "$here/output.$n"
  if [[ -z $pid || -n $ended ]]; then return 0; fi
  if is_alive; then
    echo "Task $n of batch $batch is running here already (process $pid). Nothing was done."
  elif [[ $host != "$HOSTNAME" && $job != by-hand && -z ${RT_JOB:-} ]]; then # this node cannot see whether that process lives
    echo "Task $n of batch $batch was started by job $job on $host and has no end. Nothing was done: cancel it first, or scan again."
  else
    return 0
  fi
  exit 75
}

refuse_moving() { # old results of the unit are being moved: its new results must not be mixed with them
  local note name=${unit//\\/\\\\}
  if [[ -z $redone && ${#wanted[@]} -eq 1 ]] || ! [[ -d $batches/redo ]]; then return 0; fi # several tasks take a while
  for note in "$batches"/redo/*.moving "$batches"/redo/*.undoing; do
    if ! [[ -e $note ]]; then continue; fi
    if LC_ALL=C grep -qF -e "\"${name//\"/\\\"}\"" -- "$note"; then
      echo "Old results of $unit are not all moved yet (./rt redo or ./rt undo). Nothing was done: scan again."
      exit 75
    fi
  done
}

note_failure() { # <exit code> <result> <why> <cause>: five quick ones alike in a row on one node halt the batch
  if [[ -n ${RT_ALONE:-} || -z ${RT_JOB:-} || $4 == input-refused || $4 == input-not-ready ]]; then return 0; fi
  local node=${RT_NODE:-$HOSTNAME} why=${3:-exit code $1} log lines
  log=$here/failed.$node
  if [[ $2 == finished ]]; then
    if [[ -e $log ]]; then rm -f "$log"; fi
  elif [[ $2 == failed && $SECONDS -lt 60 ]]; then
    printf '%s %s\n' "$1" "${why//"$unit"/}" >>"$log"
    mapfile -t lines < <(tail -n 5 "$log" | LC_ALL=C sort | LC_ALL=C uniq -c)
    if [[ ${#lines[@]} -eq 1 && ${lines[0]} == *"5 $1 "* ]]; then halt_batch "$node" "$why"; fi
  fi
}

halt_batch() { # <node> <why>: whole at once, since others read it at any time
  local mine=$here/.halted.$token
  if write_new "$mine" "node=$1 why=$2"; then mv -f "$mine" "$here/halted"; fi
}
