# shellcheck shell=bash disable=SC2034,SC2154
# A command's end: how it is told, and what the command leaves running. That would write on, into results that are
# checked and behind the log's end, and beside the next run. It is ended: what is in the process group of the tracker's
# side, and what is in other groups of this session and was started with this task's RT_TASK. A program that took a
# session of its own means to go on.
# Reads: project current side token code heard cancelled; is_left: path words session of its caller
# Sets: left; read_stat: stat and words of its callers

was_signal() { [[ $1 -gt 128 && $1 -le 192 ]]; } # bash: 128 and the signal's number

tell_end() { # <exit code>: prints how the command ended that failed, as far as it said
  local said
  said=$(last_word "$1")
  printf '%s%s' "$said" "$(tell_place "$said")"
}

tell_place() { # <last word>: a hint where it names a file that lies in the project's folder, while the task started in its own
  local word words
  if [[ $current == "$project" ]]; then return 0; fi
  IFS=$' \t' read -r -a words <<<"$1" || true
  for word in "${words[@]}"; do
    word=${word#[\'\"(]} word=${word%%[\'\"),:;]*}
    if [[ $word == workspace/* ]]; then continue; fi # "see workspace/activate.sh": advice, and no file that was missed
    if [[ $word == [[:alnum:]_.]*[/.]?* && -e $project/$word ]]; then
      printf ' (%s is in the project, and the task starts in a folder of its own: write {{ project }}/%s, or starts_in: project)' \
        "$word" "$word"
      return 0
    fi
  done
}

tell_death() { # <exit code>: prints how a checker ended that gave no verdict: a verdict is the code 1 and a line
  local said=''
  if [[ $1 -lt 128 ]]; then said=$(last_word); fi # killed it said nothing: the last word is the tracker's
  printf ' (exit code %s)%s' "$1" "${said:+: $said}"
}

end_left() { # waits a second for what is ending by itself, as a tee behind a pipe; then TERM, after 5 s KILL
  if ! may_be_left; then return 0; fi
  find_left
  if [[ ${#left[@]} -gt 0 && -z $cancelled ]]; then wait_for_left 10; fi
  if [[ ${#left[@]} -eq 0 ]]; then return 0; fi
  tell_left
  kill -TERM -- "${left[@]}" 2>/dev/null || true
  wait_for_left 50
  if [[ ${#left[@]} -gt 0 ]]; then kill -KILL -- "${left[@]}" 2>/dev/null || true; fi
  wait_for_left 10
}

may_be_left() { # whether to look at all processes: a task of a moment that ended by itself costs one question
  if kill -0 -- "-$side" 2>/dev/null; then return 0; fi
  [[ -n $cancelled || ${heard[program]:-$code} -gt 128 || $SECONDS -ge 10 ]]
}

wait_for_left() { # <tenths of a second>: as long as something is left; all processes are looked at when that has ended
  local never tries
  exec {never}<> <(:) # nobody writes there: a wait without a process
  for ((tries = 0; tries < $1 && ${#left[@]} > 0; tries++)); do
    read -r -t 0.1 -u "$never" || true
    drop_ended
    if [[ ${#left[@]} -eq 0 ]]; then find_left; fi
  done
  exec {never}>&-
  if [[ ${#left[@]} -gt 0 ]]; then find_left; fi # a number may be another process's by now
}

drop_ended() { # takes out of `left` what has ended
  local pid stat words living=()
  for pid in "${left[@]}"; do
    if read_stat "$pid"; then living+=("$pid"); fi
  done
  left=("${living[@]}")
}

find_left() { # fills `left` with the processes that are left; /proc is read by bash itself
  local path stat words session=''
  left=()
  read_stat "$BASHPID" || return 0
  session=${words[3]}
  for path in /proc/[1-9]*; do
    if read_stat "${path##*/}"; then
      if is_left; then left+=("${path##*/}"); fi
    fi
  done
}

read_stat() { # <pid>: sets the caller's `words` to state, parent, group, session ...; 1 where it has ended
  local head
  stat=''
  { IFS= read -r -d '' stat <"/proc/$1/stat"; } 2>/dev/null || true
  head=${stat:0:100} # as in find_begun
  # shellcheck disable=SC2206  # a letter, and numbers
  words=(${head##*) }${stat:100}) # before them stands the program's name, whatever is in it
  [[ ${#words[@]} -ge 4 && ${words[0]} != [ZX] ]]
}

is_left() { # whether the process of the caller's `words` and `path` belongs to the tracker's side
  local values=()
  if [[ ${words[2]} == "$side" ]]; then return 0; fi
  if [[ ${words[3]} != "$session" ]]; then return 1; fi
  { mapfile -d '' -t values <"$path/environ"; } 2>/dev/null || true
  [[ $'\n'$(printf '%s\n' "${values[@]}") == *$'\nRT_TASK='"$token"$'\n'* ]]
}

tell_left() { # a line for the log: which programs
  local pid name told=''
  for pid in "${left[@]:0:8}"; do
    name=''
    { read -r name <"/proc/$pid/comm"; } 2>/dev/null || true
    if [[ -n $name ]]; then told+=", $name ($pid)"; fi
  done
  printf '\n# left running by the command, ended now: %s\n' "${#left[@]}${told/#,/:}"
}
