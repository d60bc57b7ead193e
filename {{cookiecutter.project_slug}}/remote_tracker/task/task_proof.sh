# shellcheck shell=bash disable=SC2034,SC2154
# Done means proven: what a task's command and its results must show.
# Reads: heard code cancelled lines helper project tracker profile work out here n inputs outputs globs verify deep folder_names stale
#   exit_ok question
# Sets: made fault question program version

finished_already() { # another batch made the results after this batch was listed, or a shared disk did not show them then
  local times
  if [[ $((${#outputs[@]} + ${#globs[@]})) -eq 0 || $deep == *node* ]]; then return 1; fi
  find_fault "$project" || return 1
  times=$(LC_ALL=C stat -L -c %.9Y -- "${made[@]}" | LC_ALL=C sort -n)
  if [[ ${times##*$'\n'} == "$stale" ]]; then return 1; fi # it is what stood in the way then
  is_noted
}

require_proof() { # ends the task unless its command ended well and its results are whole
  local verdict=0
  set_version "${heard[version]:-}"
  if [[ -n $cancelled ]]; then
    program=$code # evidence; the task ends with the code of the verdict
    end_log 143 cancelled "it was stopped" stopped
  fi
  if [[ -z ${heard[activated]:-} ]]; then
    end_log "$code" failed "workspace/activate.sh ended the task: it must not call exit"
  fi
  case ${heard[ready]:-0} in
    0) ;;
    1) end_log 66 failed "the input cannot be started with: ${heard[fault]:-}" input-refused ;;
    3) end_log 66 failed "the input cannot be started with: ${heard[fault]:-}" input-not-ready ;;
    *) end_log 70 failed "the input could not be looked at: $(last_word)" ;;
  esac
  program=${heard[program]:-$code}
  if ! accept_exit "$program"; then end_log "$program" failed "$(last_word)"; fi
  if [[ -n ${lines[6]} ]]; then
    fault=${heard[fault]:-} verdict=${heard[verdict]:-2}
    if ! find_missing "$out"; then verdict=1; fi
  else
    find_fault "$out" || verdict=$?
  fi
  case $verdict in
    0) ;;
    1) end_log 65 bad "$fault" ;;
    *) end_log 70 failed "the checks could not be run: $(last_word)" ;;
  esac
}

set_version() { # <answer of the tracker>: sets `version` to its last line, as a word
  local LC_ALL=C
  version=${1//[^!-~]/_}
  version=${version:0:60}
}

accept_exit() { [[ $exit_ok == any || " $exit_ok " == *" $1 "* ]]; }

find_fault() { # <root>: 0 where all checks hold; else 1, or 2 where they cannot be run, and `fault` says why
  local path unsure=$deep$folder_names
  find_missing "$1" || return 1
  for path in "${made[@]}"; do
    if [[ -d $path ]]; then unsure=yes; fi # bash does not see whether the folder holds something
  done
  if [[ -n $unsure && -x $helper ]]; then
    ask_about "$1"
    fault=$(project=$project out=$out work=$work tracker=$tracker profile=$profile "${question[@]}")
  fi
}

find_missing() { # <root>: 0 where each result is there; else `fault` names the missing result
  local path
  find_made "$1"
  for path in "${made[@]}"; do
    if [[ -s $path ]]; then continue; fi
    fault="${path##*/} was not written"
    if [[ -e $path ]]; then fault="${path##*/} is empty"; fi
    return 1
  done
}

find_made() { # <root>: fills `made` with the results' paths; a glob stands for itself where nothing matches
  local output IFS=
  made=()
  for output in "${outputs[@]}"; do made+=("$1/${output#*=}"); done
  # shellcheck disable=SC2206  # the expansion is the point; names in it are escaped
  for output in "${globs[@]}"; do made+=("$1"/${output#*=}); done
}

ask_about() { # <root>: sets `question`, the command that asks for the checks which need more than bash
  local path line
  question=("$helper" -I -X utf8 "$project/remote_tracker/check_results.py" "$here/checks.json" --root "$1" --log "$here/output.$n")
  for path in "${inputs[@]}"; do question+=(--input "$path"); done
  for path in "${outputs[@]}" "${globs[@]}"; do
    if [[ " $folder_names " == *" ${path%%=*} "* ]]; then path+=/; fi
    question+=(--output "$path")
  done
  for path in "${verify[@]}"; do
    contain "$path"
    question+=(--command "$line")
  done
}
