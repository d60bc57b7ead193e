# shellcheck shell=bash disable=SC2034,SC2154
# What a task starts from: the marks of its inputs and parameter files, by which a scan knows whether they changed.

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

require_inputs() {
  local input
  for input in "${inputs[@]}"; do
    input=${input#*=}
    [[ -r $input ]] || end_log 66 failed "the input is missing or may not be read: $input"
  done
  [[ $deep != *node* && ${ready:-} != frames || -x $helper ]] || end_log 70 failed "$HOSTNAME does not see $helper, which checks the results"
}

require_ready() { # an input that is cut short or still being copied ends the task at once
  local path code=0 words=()
  [[ -n ${ready:-} && -x $helper ]] || return 0
  for path in "${inputs[@]}"; do words+=(--input "$path"); done
  fault=$("$helper" -I -X utf8 "$project/remote_tracker/check_results.py" "$here/ready.json" "${words[@]}") || code=$?
  [[ -z $stopped ]] || end_log 143 cancelled "it was stopped"
  [[ $code -ne 1 ]] || end_log 66 failed "the input cannot be started with: $fault"
  [[ $code -eq 0 ]] || end_log 70 failed "the input could not be looked at: $(last_word)"
}
