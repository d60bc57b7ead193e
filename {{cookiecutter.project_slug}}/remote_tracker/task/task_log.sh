# shellcheck shell=bash disable=SC2154
# The log of a task: its first line says when, where, which job and which input; its last how it ended.
# The tracker keeps the user's locale; what this script reads as a number is asked for with LC_ALL=C, without a comma.

open_log() { # a scheduler may write output.<n> itself; a terminal sees what the log gets
  local log=$here/output.$n
  shown=''
  : 2>/dev/null >>"$log" || refuse_log
  exec {screen}>&2
  if [[ -t 1 ]]; then
    exec > >(trap '' INT TERM HUP && exec tee -a "$log") 2>&1 # Ctrl-C must not take the log away
    shown=$!
  elif ! [[ /dev/stdout -ef $log ]]; then
    exec >>"$log" 2>&1
  fi
}

refuse_log() { # without its log nobody would know what became of the task
  echo "$here/output.$n cannot be written (disk or quota full, read-only?). Nothing was done: mend that, then scan again." >&2
  exit 74
}

look_ahead() { # one look at the inputs of several tasks; what changes after it is seen as changed since
  local n paths=() size line
  for n in "$@"; do
    read_task "$n"
    [[ ${#inputs[@]} -ne 1 ]] || paths+=("${inputs[0]#*=}")
  done
  while IFS= read -r line; do
    size=${line%% *} line=${line#* }
    known["${line#* }"]="size=$size mtime=${line%% *}"
  done < <(LC_ALL=C stat -L -c '%s %.9Y %n' -- "${paths[@]}" 2>/dev/null)
}

mark_inputs() { # sets `marks`: size and mtime of one input; of many: how many, and a digest of theirs
  local paths=("${inputs[@]#*=}") stats
  marks='size= mtime='
  if [[ ${#paths[@]} -eq 1 && -n ${known["${paths[0]}"]:-} ]]; then
    marks=${known["${paths[0]}"]}
  elif [[ ${#paths[@]} -eq 1 ]]; then
    stats=$(LC_ALL=C exec stat -L -c '%s %.9Y' -- "${paths[0]}" 2>/dev/null) || true
    marks="size=${stats% *} mtime=${stats#* }"
  elif [[ ${#paths[@]} -gt 1 ]]; then # more of them than one command line holds
    stats=$(printf '%s\0' "${paths[@]}" | LC_ALL=C xargs -0 stat -L -c '%s %.9Y' -- 2>/dev/null) || true
    stats=$(printf '%s\n' "${stats//./}" | md5sum)
    marks="files=${#paths[@]} sum=${stats%% *}"
  fi
}

mark_parameters() { # the fingerprint is of the files as they are now: one may have changed since the list was made
  [[ ${#parameter_files[@]} -gt 0 ]] || return 0
  local mark
  mark=$(cd "$project" && LC_ALL=C find -L "${parameter_files[@]}" -type f -printf '%s %T@ %p\n' 2>/dev/null | LC_ALL=C sort | md5sum)
  [[ ${mark%% *} != "$parameter_mark" ]] || return 0
  mark=$(cd "$project" && find -L "${parameter_files[@]}" -type f -exec md5sum -- {} + 2>/dev/null | LC_ALL=C sort | md5sum)
  params=${params%-*}-${mark:0:8}
}

start_log() {
  local told='' # several tasks of one job: the scheduler speaks of all of them in the log of the first
  [[ ${#wanted[@]} -eq 1 || -z ${RT_JOB:-} ]] || told=$first
  printf '# start %(%Y-%m-%dT%H:%M:%S%z)T host=%s pid=%s job=%s batch=%s task=%s%s params=%s %s unit=%s\n' \
    -1 "$HOSTNAME" "$BASHPID" "${RT_JOB:-by-hand}" "$batch" "$n" "${told:+ told=$told}" "$params" "$marks" "$unit" 2>/dev/null || refuse_log 2>&"$screen"
  exec {screen}>&-
  doing='run_task.sh itself failed' # whatever ends this script, the log says that it ended
  trap 'end_log "$?" failed "$doing"' EXIT
  SECONDS=0
  forget_records
}

last_word() { # what the program said last, since this start
  LC_ALL=C awk '/^# start /{last = ""} {sub(/\r+$/, ""); sub(/.*\r/, "")} !/^# / && NF {last = $0}
    END {print (length(last) > 300 ? substr(last, 1, 120) " ... " substr(last, length(last) - 174) : last)}' "$here/output.$n" || true
}

forget_records() { # derived from the logs: made anew by a scan
  [[ ! -e $here/records.tsv ]] || rm -f "$here/records.tsv"
}

end_log() { # <exit code> <result> [why]
  trap - EXIT
  local code=$1 why=${3:-}
  [[ $code -ne 0 || $2 == finished ]] || code=1
  [[ $2 == finished ]] || refuse_overtaken # a finished one was asked before it published
  note_failure "$code" "$2" "$why" || true # a full disk must not keep the end from being written
  [[ -z $scratch ]] || rm -rf -- "$work"
  [[ $program != "$code" ]] || program=''
  printf '# end %(%Y-%m-%dT%H:%M:%S%z)T exit=%s%s seconds=%s%s result=%s why=%s\n' -1 "$code" "${program:+ program=$program}" \
    "$SECONDS" "${version:+ version=$version}" "$2" "${why//"$project/"/}"
  forget_records
  [[ " ${RT_RESERVED:-} " != *" $code "* ]] || code=1 # GridEngine: 99 would start it again, 100 hold it
  [[ -z $shown ]] || { exec >&- 2>&- && wait "$shown"; } || true
  exit "$code"
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

halt_batch() { # <node> <why>: whole at once, since others read it at any time
  local mine=$here/.halted.$HOSTNAME.$BASHPID
  printf 'node=%s why=%s\n' "$1" "$2" >"$mine" && mv -f "$mine" "$here/halted"
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
