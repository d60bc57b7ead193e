# shellcheck shell=bash disable=SC2154
# Whether this copy may do the task: nothing runs twice, and a node that fails everything is stopped.
# Reads: HOSTNAME here batch n unit mode work, RT_JOB RT_ALONE RT_NODE of the job script
# Sets: begun; writes owner, halted and failed.<node> in the batch's folder

refuse_twin() { # the batch belongs to the job array that linked the file `owner` first
  local owner='' mine=$here/.owner.$HOSTNAME.$BASHPID
  if [[ -n ${RT_JOB:-} && -e $here/gone ]]; then
    echo "Batch $batch was given up. Nothing was done: scan again."
    exit 75
  fi
  refuse_halted
  refuse_running
  if [[ -z ${RT_JOB:-} ]]; then return 0; fi
  if ! [[ -e $here/owner ]]; then
    printf '%s\n' "$RT_JOB" >"$mine"
    ln "$mine" "$here/owner" 2>/dev/null || true
    rm -f "$mine"
  fi
  read -r owner <"$here/owner" || true
  if [[ $owner != "$RT_JOB" ]]; then
    echo "Batch $batch belongs to job $owner; this is job $RT_JOB. Nothing was done: scan again."
    exit 75
  fi
}

refuse_halted() { # a node that fails every task takes them all, one after the other, if nothing stops it
  local halted
  if [[ -n ${RT_JOB:-} && -e $here/halted ]]; then
    read -r halted <"$here/halted" || true
    echo "Batch $batch halted itself: ${halted%% why=*} failed 5 tasks in a row: ${halted#* why=}. Nothing was done."
    exit 75
  fi
}

find_begun() { # <pid>: sets `begun` to when that process began, in clock ticks since the boot; to nothing where it has ended
  local stat='' words
  begun=''
  { IFS= read -r -d '' stat <"/proc/$1/stat"; } 2>/dev/null || true
  # shellcheck disable=SC2206  # a letter, and numbers
  words=(${stat##*) }) # before them stands the program's name, whatever is in it
  if [[ ${#words[@]} -ge 20 && ${words[0]} != [ZX] ]]; then begun=${words[19]}; fi
}

lives() { # <pid> [<its beginning>]: whether a task's process still runs; its number may be another's by now
  local words=() word mine=$begun
  find_begun "$1"
  word=$begun begun=$mine
  if [[ -z $word || -n ${2:-} ]]; then
    [[ -n $word && $word == "$2" ]]
    return
  fi
  { mapfile -d '' -t words <"/proc/$1/cmdline"; } 2>/dev/null || true # an older version noted no beginning
  if [[ ${words[0]:-} != *bash ]]; then return 1; fi
  for word in "${words[@]:1}"; do
    if [[ $word != -* ]]; then break; fi
  done
  [[ ${word##*/} == run_task.sh ]]
}

refuse_running() { # a task runs once at a time, by hand or in a job; its log says which process runs it
  local line pid='' host='' job=by-hand born=''
  if ! [[ -s $here/output.$n ]]; then return 0; fi
  while IFS= read -r line; do
    pid='' job=by-hand born=''
    if [[ $line == '# start '* ]]; then
      line=${line#*" host="} host=${line%% *} pid=${line#*" pid="} job=${line#*" job="}
      pid=${pid%% *} job=${job%% *} line=${line%%' unit='*}
      if [[ $line == *' began='* ]]; then born=${line#*" began="} born=${born%% *}; fi
    fi
  done < <(print_ends | grep -a -e '^# start .* host=' -e '# end .* result=')
  if [[ $host == "$HOSTNAME" && -n $pid ]] && lives "$pid" "$born"; then
    echo "Task $n of batch $batch is running here already (process $pid). Nothing was done."
  elif [[ $host != "$HOSTNAME" && $job != by-hand && -z ${RT_JOB:-} ]]; then # this node cannot see whether that process lives
    echo "Task $n of batch $batch was started by job $job on $host and has no end. Nothing was done: cancel it first, or scan again."
  else
    return 0
  fi
  exit 75
}

refuse_overtaken() { # a node that came back may still run a task that was requeued: its results are not published
  local starts
  if ! [[ -z ${RT_ALONE:-} && -n ${RT_JOB:-} && $SECONDS -ge 10 ]]; then return 0; fi # no node is given up within seconds
  starts=$(print_ends | grep -a '^# start .* host=') || return 0
  if [[ ${starts##*$'\n'} == *" host=$HOSTNAME pid=$BASHPID "* ]]; then return 0; fi
  trap - EXIT
  if [[ $mode != resume && -n $work ]]; then rm -rf -- "$work"; fi # in resume mode the other copy works in this folder, too
  echo "# This copy (process $BASHPID on $HOSTNAME) was overtaken by a later start: nothing of it was published."
  exit 75
}

note_failure() { # <exit code> <result> <why>: five quick ones alike in a row on one node halt the batch
  local node=${RT_NODE:-$HOSTNAME} log lines
  log=$here/failed.$node
  if [[ -n ${RT_ALONE:-} || -z ${RT_JOB:-} ]]; then return 0; fi
  if [[ $2 == finished ]]; then
    if [[ -e $log ]]; then rm -f "$log"; fi
  elif [[ $2 == failed && $SECONDS -lt 60 ]]; then
    printf '%s %s\n' "$1" "${3//"$unit"/}" >>"$log"
    mapfile -t lines < <(tail -n 5 "$log" | LC_ALL=C sort | LC_ALL=C uniq -c)
    if [[ ${#lines[@]} -eq 1 && ${lines[0]} == *"5 $1 "* ]]; then halt_batch "$node" "$3"; fi
  fi
}

halt_batch() { # <node> <why>: whole at once, since others read it at any time
  local mine=$here/.halted.$HOSTNAME.$BASHPID
  if printf 'node=%s why=%s\n' "$1" "$2" >"$mine"; then mv -f "$mine" "$here/halted"; fi
}
