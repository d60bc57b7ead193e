# shellcheck shell=bash disable=SC2154
# The log of a task: its first line says when, where, which job and which input; its last how it ended.

open_log() { # a scheduler may write output.<n> itself; a terminal sees what the log gets
  local log=$here/output.$n
  if [[ -t 1 ]]; then
    exec > >(tee -a "$log") 2>&1
  elif ! [[ /dev/stdout -ef $log ]]; then
    exec >>"$log" 2>&1
  fi
}

start_log() {
  local marks='size= mtime='
  [[ ${#inputs[@]} -eq 0 ]] || marks=$(mark_inputs)
  printf '# start %(%Y-%m-%dT%H:%M:%S%z)T host=%s pid=%s job=%s batch=%s task=%s params=%s %s unit=%s\n' \
    -1 "$HOSTNAME" "$$" "${RT_JOB:-by-hand}" "$batch" "$n" "$params" "$marks" "$unit"
  SECONDS=0
}

mark_inputs() { # size and mtime of one input; of many: how many, and a digest of theirs
  local paths=("${inputs[@]#*=}") stats
  stats=$(cd "$project" && stat -L -c '%s %.9Y' -- "${paths[@]}" 2>/dev/null) || true
  if [[ ${#paths[@]} -eq 1 ]]; then
    printf 'size=%s mtime=%s' "${stats% *}" "${stats#* }"
  else
    stats=$(printf '%s\n' "${stats//./}" | md5sum)
    printf 'files=%s sum=%s' "${#paths[@]}" "${stats%% *}"
  fi
}

last_word() { # what the program said last
  grep -av -e '^# ' -e '^[[:space:]]*$' "$here/output.$n" | tail -n 1 | cut -c 1-300 | tr -d '\r' || true
}

end_log() { # <exit code> <result> [why]
  trap - EXIT
  printf '# end %(%Y-%m-%dT%H:%M:%S%z)T exit=%s seconds=%s result=%s why=%s\n' -1 "$1" "$SECONDS" "$2" "${3:-}"
  [[ ! -e $here/records.tsv ]] || rm -f "$here/records.tsv" # derived from the logs: made anew by a scan
  [[ -z $scratch ]] || rm -rf -- "$work"
  exit "$1"
}
