# shellcheck shell=bash disable=SC2154
# The log of a task: its first line says when, where, which job and which input; its last how it ended.
# The tracker keeps the user's locale; what this script reads as a number is asked for with LC_ALL=C, without a comma.
# Reads: HOSTNAME begun here batch n first wanted params marks unit project work scratch program version entries,
#   RT_JOB RT_RESERVED
# Sets: shown screen program SECONDS

open_log() { # a scheduler may write output.<n> itself; a terminal sees what the log gets
  local log=$here/output.$n
  shown=''
  : 2>/dev/null >>"$log" || refuse_log
  exec {screen}>&2
  if [[ -t 1 ]]; then
    exec > >(trap '' INT TERM HUP; exec tee -a "$log") 2>&1 # Ctrl-C must not take the log away
    shown=$!
  elif ! [[ /dev/stdout -ef $log ]]; then
    exec >>"$log" 2>&1
  fi
}

refuse_log() { # without its log nobody would know what became of the task
  echo "$here/output.$n cannot be written (disk or quota full, read-only?). Nothing was done: mend that, then scan again." >&2
  exit 74
}

start_log() {
  local told='' # for several tasks of one job the scheduler writes into the log of the first task
  if [[ ${#wanted[@]} -gt 1 && -n ${RT_JOB:-} ]]; then told=$first; fi
  find_begun "$BASHPID"
  note_start 2>/dev/null || refuse_log 2>&"$screen"
  printf '# start %(%Y-%m-%dT%H:%M:%S%z)T host=%s pid=%s job=%s batch=%s task=%s%s params=%s %s began=%s unit=%s\n' \
    -1 "$HOSTNAME" "$BASHPID" "${RT_JOB:-by-hand}" "$batch" "$n" "${told:+ told=$told}" "$params" "$marks" "$begun" "$unit" \
    2>/dev/null || refuse_log 2>&"$screen"
  exec {screen}>&-
  trap 'end_log "$?" failed "run_task.sh itself failed"' EXIT # whatever ends this script, the log gets an end line
  SECONDS=0
  forget_records
}

note_start() { # a start begins a line; where it stands in a long log is noted, so that nobody reads all of it to find it
  local size
  if ! [[ -s $here/output.$n ]]; then return 0; fi
  if [[ $(tail -c 1 -- "$here/output.$n" | tr '\n\0' nx) != n ]]; then printf '\n'; fi
  size=$(LC_ALL=C exec stat -c %s -- "$here/output.$n") || return 1
  if [[ $size -gt 16384 ]]; then printf '%s\n' "$size" >"$here/begin.$n"; fi
}

print_ends() { # prints the parts of the log in which its first start, its last start and the last end stand
  local log=$here/output.$n at=''
  head -c 32768 -- "$log"
  if [[ -r $here/begin.$n ]]; then
    read -r at <"$here/begin.$n" || true
    printf '\n'
    if [[ $at =~ ^[1-9][0-9]*$ ]]; then tail -c "+$((at + 1))" -- "$log" | head -c 32768 || true; fi
  fi
  printf '\n'
  tail -c 65536 -- "$log"
}

last_word() { # prints the last line that the program printed since this start; it may stand behind a progress bar
  tail -c 65536 -- "$here/output.$n" | tr '\r' '\n' | LC_ALL=C awk '/^# start /{last = ""} !/^# / && NF {last = $0}
    END {print (length(last) > 300 ? substr(last, 1, 120) " ... " substr(last, length(last) - 174) : last)}' || true
}

forget_records() { # records.tsv is derived from the logs; a scan makes it anew
  if [[ -e $here/records.tsv ]]; then rm -f "$here/records.tsv"; fi
}

end_log() { # <exit code> <result> [why] [cause, a word of model/cause.py]
  trap - EXIT
  local code=$1 why=${3:-}
  if [[ $code -eq 0 && $2 != finished ]]; then code=1; fi
  if [[ $2 != finished ]]; then
    refuse_overtaken # a finished task was asked before it published
    note_content '' || true
  fi
  note_failure "$code" "$2" "$why" || true # a full disk must not keep the end from being written
  if [[ -n $scratch ]]; then rm -rf -- "$work"; fi
  if [[ $program == "$code" ]]; then program=''; fi
  if [[ ${#entries[@]} -gt 0 ]]; then printf '# content %s\n' "${entries[@]}"; fi
  printf '# end %(%Y-%m-%dT%H:%M:%S%z)T exit=%s%s seconds=%s%s result=%s%s why=%s\n' -1 "$code" "${program:+ program=$program}" \
    "$SECONDS" "${version:+ version=$version}" "$2" "${4:+ cause=$4}" "${why//"$project/"/}"
  forget_records
  if [[ " ${RT_RESERVED:-} " == *" $code "* ]]; then code=1; fi # GridEngine: 99 would start it again, 100 hold it
  if [[ -n $shown ]]; then
    exec >&- 2>&-
    wait "$shown" || true
  fi
  exit "$code"
}
