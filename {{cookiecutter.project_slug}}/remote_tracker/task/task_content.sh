# shellcheck shell=bash disable=SC2034,SC2154
# What a task's files hold: digests of each input and each result, as lines before the log's end, so that a copy of the
# project proves as much as the project. content/entry.py reads the lines; content/digest.py says what a sample is.
# Reads: cut asked helper project content small inputs marks notes unit batches here n token; holds_each: stats of is_noted
# Sets: entries hasher hashed made maker; take_hashed and note_content: paths

hash_inputs() { # inputs that are large, or many, are hashed beside the tracker
  local size=${marks#size=} paths=("${inputs[@]#*=}") me=$BASHPID # in the line with & it would be another
  if [[ ${#paths[@]} -eq 0 || ! -x $helper ]]; then return 0; fi
  size=${size%% *}
  if [[ ${#paths[@]} -eq 1 && $size == [0-9]* && $size -le $small && ! -d ${paths[0]} ]]; then return 0; fi
  hashed=$(mktemp) || return 0
  nice -n 10 "$helper" -I -X utf8 "$project/remote_tracker/content/record.py" --root "$project" --beside "$me" \
    ${content:+"--$content"} "${paths[@]/#/in=}" </dev/null >"$hashed" 2>/dev/null &
  hasher=$!
}

note_content() { # <root of the results, or "" for the inputs alone>: fills `entries`
  local paths=("${inputs[@]#*=}") stats answer=("${notes[@]}") undone=''
  if [[ -n $1 && ${#notes[@]} -gt 0 ]]; then
    keep_notes
    return 0
  fi
  made=()
  if [[ -n $hasher ]]; then
    take_hashed "$1"
    paths=()
  fi
  if [[ -n $1 ]]; then find_made "$1"; fi
  if [[ $((${#paths[@]} + ${#made[@]})) -eq 0 ]]; then return 0; fi
  if ask_helper note "$((${#paths[@]} + ${#made[@]}))" "${paths[@]/#/in=}" "${made[@]/#/out=}"; then
    keep_notes
    return 0
  fi
  stats=$(LC_ALL=C exec stat -L -c '%f %s %.9Y %i %.9Z' -- "${paths[@]}" "${made[@]}" 2>/dev/null) || return 0
  cut_lines "$stats"
  stats=("${cut[@]#* }")
  if [[ ${#paths[@]} -eq 1 && "size=${stats[0]% * *}" != "${marks/ mtime=/ }" ]]; then return 0; fi # it changed meanwhile
  if are_small; then
    note_small
  elif [[ -x $helper ]]; then
    mapfile -t stats < <("$helper" -I -X utf8 "$project/remote_tracker/content/record.py" --root "$project" \
      ${content:+"--$content"} "${paths[@]/#/in=}" "${made[@]/#/out=}" 2>/dev/null)
    entries+=("${stats[@]}")
  fi
}

is_noted() { # whether a task that finished noted inputs and results just as they lie there now: times alone prove nothing
  local stats line hit folder log host='' pid='' job='' born='' began ended
  stats=$(LC_ALL=C exec stat -L -c '%s %.9Y %i %.9Z' -- "${inputs[@]#*=}" "${made[@]}") || return 1
  while IFS=: read -r folder hit _; do # the batches that list this name, with the numbers of their tasks
    folder=$batches/${folder%/*}
    log=$folder/output.$hit began='' ended=''
    if [[ $log -ef $here/output.$n ]]; then
      line=${token%%-*} # the byte at which this run's own lines begin
      if [[ $line -gt 0 ]]; then read_marks "$log" "$((line > 65536 ? line - 65536 : 0))" "$((line > 65536 ? 65536 : line))"; fi
    elif [[ -s $log ]]; then
      read_last_run "$log"
    elif grep -qs '^noted: ' -- "$folder/batch.yml"; then # nothing ran: a person, or a program, noted what lay there
      ended=finished
    fi
    if [[ $ended != finished ]]; then continue; fi
    line=$(tail -c 1048576 -- "$log" 2>/dev/null | grep -a -e "# content $began " || grep -as -e "^$hit " "$folder/contents.txt") || continue
    if ! holds_each "$line"; then continue; fi
    maker='another batch'
    if [[ $log -ef $here/output.$n ]]; then maker='its own earlier start'; fi # a scheduler started it again
    return 0
  done < <(cd "$batches" && grep -nxF -- "$unit" [0-9]*/names.txt /dev/null)
  return 1
}

holds_each() { # <lines>: whether each of the caller's `stats` stands in them
  local one
  while IFS= read -r one; do
    if [[ $1 != *" $one "* ]]; then return 1; fi
  done <<<"$stats"
}

take_hashed() { # <root of the results, "" where there are none>: what a failed task's hasher did not reach is left out
  local lines
  if [[ -z $1 ]]; then kill "$hasher" 2>/dev/null || true; fi
  if ! wait "$hasher"; then kill "$hasher" 2>/dev/null || true; fi # a signal ends the wait, too
  mapfile -t lines <"$hashed"
  entries+=("${lines[@]}")
  rm -f "$hashed"
  hasher=''
}
