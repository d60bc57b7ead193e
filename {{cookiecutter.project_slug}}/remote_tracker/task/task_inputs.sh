# shellcheck shell=bash disable=SC2034,SC2154
# What a task starts from: its inputs and parameter files, and the marks by which a scan knows whether they changed.
# Reads: HOSTNAME here project tasks first inputs parameter_files parameter_mark rewritten helper deep ready
# Sets: known marks params activate_sum is_active; and `inputs` through read_task

look_ahead() { # looks at the inputs of several tasks at once; a later change counts as changed since
  local n path paths=() stats size line command unit inputs outputs globs verify place stale IFS=$' \t\n'
  for n in "$@"; do
    inputs=()
    eval "${tasks[n - first]:-}" # as read_task does
    if [[ ${#inputs[@]} -ne 1 ]]; then continue; fi
    path=${inputs[0]#*=}
    if [[ $path != /* ]]; then path=$project/$path; fi
    paths+=("$path")
  done
  if [[ ${#paths[@]} -eq 0 ]]; then return 0; fi
  stats=$(LC_ALL=C stat -L -c '%s %.9Y %n' -- "${paths[@]}" 2>/dev/null) || true # $( ) is read in pieces, a pipe byte by byte
  set -f
  IFS=$'\n'
  for line in $stats; do
    size=${line%% *} line=${line#* }
    known["${line#* }"]="size=$size mtime=${line%% *}"
  done
  set +f
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

mark_parameters() { # takes the fingerprint of the parameter files now: a file may have changed since the list was made
  local mark
  if [[ ${#parameter_files[@]} -eq 0 ]]; then return 0; fi
  mark=$(cd "$project" && LC_ALL=C find -L "${parameter_files[@]}" -type f -printf '%s %T@ %p\n' 2>/dev/null | LC_ALL=C sort | md5sum)
  if [[ ${mark%% *} == "$parameter_mark" ]]; then return 0; fi
  if [[ ${#rewritten[@]} -gt 0 && -x $helper ]]; then # YAML without the keys that the tracker's program rewrites
    mark=$("$helper" -I -X utf8 "$project/remote_tracker/digest_parameters.py" "$project" "${rewritten[@]}" "${parameter_files[@]}") || mark=''
    if [[ -n $mark ]]; then
      params=${params%-*}-$mark
      return 0
    fi
  fi
  mark=$(cd "$project" && find -L "${parameter_files[@]}" -type f -exec md5sum -- {} + 2>/dev/null | LC_ALL=C sort | md5sum)
  params=${params%-*}-${mark:0:8}
}

mark_activate() { # sets `is_active`, where activate.sh is there; takes its digest now, where it was written since the list
  local path=$project/workspace/activate.sh sum
  is_active=''
  if ! [[ -e $path ]]; then return 0; fi
  is_active=yes
  if ! [[ $path -nt $here/tasks.txt ]]; then return 0; fi
  sum=$(exec md5sum <"$path") || return 0
  activate_sum=${sum:0:8}
}

require_inputs() {
  local input
  for input in "${inputs[@]}"; do
    input=${input#*=}
    if ! [[ -r $input ]]; then end_log 66 failed "the input is missing or may not be read: $input" input-missing; fi
  done
  if [[ ($deep == *node* || ${ready:-} == frames) && ! -x $helper ]]; then
    end_log 70 failed "$HOSTNAME does not see $helper, which checks the results"
  fi
}
