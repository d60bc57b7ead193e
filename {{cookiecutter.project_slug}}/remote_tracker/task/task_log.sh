# shellcheck shell=bash disable=SC2154
# The log of a task: its first line says when, where, which job and which input; its last how it ended.
# Both lines hold a token. A start counts only at the place in the log that its token names, an end only with the token
# of its start: what the tracker prints, be it a log of ours, is neither.
# The tracker keeps the user's locale; what this script reads as a number is asked for with LC_ALL=C, without a comma.
# Reads: HOSTNAME begun here batch n first wanted params activate_sum marks unit project work scratch program version entries elsewhere holding,
#   RT_JOB RT_RESERVED
# Sets: shown screen terminal token program SECONDS

open_log() { # a scheduler may write output.<n> itself; a terminal sees what the log gets
  local log=$here/output.$n
  exec {screen}>&2
  if [[ -t 1 ]]; then exec {terminal}>&1; fi
  if ! [[ /dev/stdout -ef $log ]]; then
    { exec >>"$log"; } 2>/dev/null || refuse_log
    exec 2>&1
  fi
}

show_log() { # <start line>: from here on the terminal sees what the log gets
  printf '%s\n' "$1" >&"$terminal"
  exec > >(trap '' INT TERM HUP; exec tee -a "$here/output.$n" >&"$terminal") 2>&1 # Ctrl-C must not take the log away
  shown=$!
  exec {terminal}>&-
}

refuse_log() { # without its log nobody would know what became of the task
  echo "$here/output.$n cannot be written (disk or quota full, read-only?). Nothing was done: mend that, then scan again." >&2
  exit 74
}

start_log() {
  local told='' begins behind # for several tasks of one job the scheduler writes into the log of the first task
  if [[ ${#wanted[@]} -gt 1 && -n ${RT_JOB:-} ]]; then told=$first; fi
  find_own_begun
  printf -v begins '# start %(%Y-%m-%dT%H:%M:%S%z)T host=%s pid=%s job=%s batch=%s task=%s%s' \
    -1 "$HOSTNAME" "$BASHPID" "${RT_JOB:-by-hand}" "$batch" "$n" "${told:+ told=$told}"
  behind="params=$params activate=$activate_sum $marks began=$begun unit=$unit"
  write_start "$begins" "$behind" 2>/dev/null || refuse_log 2>&"$screen"
  if [[ -n $terminal ]]; then show_log "$begins token=$token $behind"; fi
  exec {screen}>&-
  trap 'end_log "$?" failed "run_task.sh itself failed"' EXIT # whatever ends this script, the log gets an end line
  SECONDS=0
  forget_records
}

write_start() { # <before the token> <behind it>: sets `token`; once more where another process wrote at that moment
  local random='' place=0 end line length tries
  read -r random </proc/sys/kernel/random/uuid || random=$RANDOM-$RANDOM-$RANDOM
  random=${random//-/}
  if [[ -s $here/output.$n ]]; then
    printf '\n' || return 1 # what was killed may have left a line without its end
    find_place place
  fi
  for ((tries = 0; tries < 100; tries++)); do
    token=$place-${random:0:16}
    line="$1 token=$token $2"
    if [[ $place -gt 16384 ]]; then printf '%s\n' "$place" >"$here/begin.$n"; fi # so that nobody reads all to find it
    printf '%s\n' "$line" || return 1
    find_place end
    length=${#line} # in characters: a line never has more of them than bytes
    if [[ $((place + length + 1)) -lt $end ]]; then count_bytes "$line"; fi
    if [[ $((place + length + 1)) -eq $end ]]; then return 0; fi
    place=$end
  done
}

find_place() { # <name>: sets it to the byte of the log behind what was written last
  read -r _ "$1" <"/proc/$BASHPID/fdinfo/1" || printf -v "$1" '%s' "$(exec stat -c %s -- "$here/output.$n")"
}

last_word() { # [<exit code>]: prints the program's last line since this start, be it behind a progress bar; not what a
  # shell says of a program that a signal ended, as "x.sh: line 3:  1234 Killed   python": the number always differs.
  # The project's path counts for a byte, \1, where a long line is cut: what reads the line drops that path
  tail -c 65536 -- "$here/output.$n" | tr '\r' '\n' |
    RT_ROOT="$project/" LC_ALL=C awk -v token=" token=$token " -v program="${1:-0}" '
    function swapped(said, from, to, at, out) {
      while (at = index(said, from)) { out = out substr(said, 1, at - 1) to; said = substr(said, at + length(from)) }
      return out said
    }
    program > 128 && /^[^:]*: [^ ]+ [0-9]+: +[0-9]+ [^ ]/ {next}
    /^# left running by the command/ {exit}
    /^# start / && index($0, token) {last = ""} !/^# / && NF {last = $0}
    END {last = swapped(last, ENVIRON["RT_ROOT"], "\001")
         if (length(last) > 300) last = substr(last, 1, 120) " ... " substr(last, length(last) - 174)
         print swapped(last, "\001", ENVIRON["RT_ROOT"])}' || true
}

forget_records() { # records.tsv is derived from the logs; a scan makes it anew
  if [[ -e $here/records.tsv ]]; then rm -f "$here/records.tsv"; fi
}

end_log() { # <exit code> <result> [why] [cause, a word of model/cause.py]
  trap - EXIT
  local code=$1 why=${3:-} told=''
  if [[ $code -eq 0 && $2 != finished ]]; then code=1; fi
  if [[ $2 != finished ]]; then
    refuse_overtaken # a finished task was asked before it published
    note_content '' || true
  fi
  note_failure "$code" "$2" "$why" "${4:-}" || true # a full disk must not keep the end from being written
  if [[ -n $scratch ]]; then rm -rf -- "$work" || true; fi # a program that was left running may still write there
  if [[ ${#elsewhere[@]} -gt 0 ]]; then rm -rf -- "${elsewhere[@]}" || true; fi
  if [[ $holding == *.owner ]]; then rm -f -- "$holding"; fi # a lock stays: programs of this task may hold it still
  if [[ $program == "$code" ]]; then program=''; fi
  if [[ ${#entries[@]} -gt 0 ]]; then printf -v told "# content $token %s\n" "${entries[@]}"; fi
  why=${why//"$project/"/}
  printf -v why '# end %(%Y-%m-%dT%H:%M:%S%z)T token=%s exit=%s%s seconds=%s%s result=%s%s why=%s' -1 "$token" "$code" \
    "${program:+ program=$program}" "$SECONDS" "${version:+ version=$version}" "$2" "${4:+ cause=$4}" "${why//$'\n'/ }"
  echo -n "$told$why"$'\n' # bash writes a text at once, and the words of its printf line by line
  forget_records
  if [[ " ${RT_RESERVED:-} " == *" $code "* ]]; then code=1; fi # GridEngine: 99 would start it again, 100 hold it
  if [[ -n $shown ]]; then
    exec >&- 2>&-
    wait "$shown" || true
  fi
  exit "$code"
}
