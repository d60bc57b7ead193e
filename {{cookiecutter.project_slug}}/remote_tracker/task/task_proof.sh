# shellcheck shell=bash disable=SC2034,SC2154
# Done means proven: what a task's command and its results must show.
# Reads: heard code cancelled lines helper project tracker profile work out here n inputs outputs globs verify deep folder_names stale
#   place exit_ok question
# Sets: made fault question program version

finished_already() { # another batch made the results after this batch was listed, or a shared disk did not show them then
  local times
  if [[ $((${#outputs[@]} + ${#globs[@]})) -eq 0 || $deep == *node* ]]; then return 1; fi
  if [[ ${#outputs[@]} -gt 0 && ! -s $project/${outputs[0]#*=} ]]; then return 1; fi # as most often
  if [[ -e $project/${place%/*}/publish.${place##*/} ]]; then return 1; fi # old and new may be mixed: see task_publish.sh
  find_fault "$project" || return 1
  times=$(LC_ALL=C stat -L -c %.9Y -- "${made[@]}" | LC_ALL=C sort -n)
  if [[ ${times##*$'\n'} == "$stale" ]]; then return 1; fi # it is what stood in the way then
  is_noted
}

require_proof() { # ends the task unless its command ended well and its results are whole
  local verdict=0
  if [[ -n ${heard[version]:-} ]]; then set_version "${heard[version]}"; fi
  if [[ -n $cancelled ]]; then
    program=$code # evidence; the task ends with the code of the verdict
    end_log 143 cancelled "it was stopped" stopped
  fi
  if [[ -z ${heard[activated]:-} ]]; then
    end_log "$code" failed "workspace/activate.sh ended the task: it must not call exit"
  fi
  if [[ -n ${heard[ready]:-} ]]; then require_start; fi
  program=${heard[program]:-$code}
  if [[ " $exit_ok " != *" $program "* ]] && ! accept_exit "$program"; then end_log "$program" failed "$(tell_end "$program")"; fi
  if [[ -n ${lines[7]} ]]; then
    fault=${heard[fault]:-} verdict=${heard[verdict]:-2}
    if ! find_missing "$out"; then verdict=1; fi
  else
    find_fault "$out" || verdict=$?
  fi
  if [[ $verdict -eq 1 && -n $fault ]]; then end_log 65 bad "$fault"; fi
  if [[ $verdict -ne 0 ]]; then end_log 70 failed "the checks could not be run$(tell_death "$verdict")"; fi
}

require_start() { # ends the task where its inputs were refused before its command
  local code=${heard[ready]:-0} said=${heard[fault]:-}
  if [[ $code -eq 1 && -n $said ]]; then end_log 66 failed "the input cannot be started with: $said" input-refused; fi
  if [[ $code -eq 3 && -n $said ]]; then end_log 66 failed "the input cannot be started with: $said" input-not-ready; fi
  if [[ $code -ne 0 ]]; then end_log 70 failed "the input could not be looked at$(tell_death "$code")"; fi
}

set_version() { # <answer of the tracker>: sets `version` to its last line, as a word
  local LC_ALL=C
  version=${1//[^!-~]/_}
  version=${version:0:60}
}

accept_exit() { # any: but for a signal, after which nothing says how far the program was
  [[ $exit_ok == any ]] && ! was_signal "$1"
}

find_fault() { # <root>: 0 where all checks hold; 1 where one does not, and `fault` says why; else the checks' own death
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
  local output found IFS=
  made=()
  for output in "${outputs[@]}"; do made+=("$1/${output#*=}"); done
  for output in "${globs[@]}"; do
    # shellcheck disable=SC2206  # the expansion is the point; names in it are escaped
    found=("$1"/${output#*=})
    if [[ ${#found[@]} -eq 0 ]]; then found=("$1/${output#*=}"); fi # a result without a path would be no fault
    made+=("${found[@]}")
  done
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
