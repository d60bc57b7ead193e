# shellcheck shell=bash disable=SC2034,SC2154
# Done means proven: what the results of a task must show.

finished_already() { # another batch made it since this one was listed, or a shared disk did not show it then
  local made=() times
  [[ $((${#outputs[@]} + ${#globs[@]})) -gt 0 && $deep != *node* ]] || return 1
  find_fault "$project" || return 1
  find_made "$project"
  times=$(LC_ALL=C stat -L -c %.9Y -- "${made[@]}" | LC_ALL=C sort -n)
  [[ ${times##*$'\n'} != "$stale" ]] || return 1 # it is what stood in the way then
  made_after_inputs "${times%%$'\n'*}"
}

made_after_inputs() { # <mtime of the oldest result>; by the inputs' ctime, which cp -p and touch cannot set back
  local newest oldest=$1
  [[ ${#inputs[@]} -gt 0 ]] || return 0
  newest=$(LC_ALL=C stat -L -c %.9Z -- "${inputs[@]#*=}" | LC_ALL=C sort -n | tail -n 1) || return 1
  [[ $oldest$newest != *-* ]] && ((10#${oldest/./} > 10#${newest/./})) # 10#: 0.08 s is no octal number; -: before 1970
}

find_made() { # <root>: fills `made` with the results' paths; a glob stands for itself where nothing matches
  local output IFS=
  made=()
  for output in "${outputs[@]}"; do made+=("$1/${output#*=}"); done
  # shellcheck disable=SC2206  # the expansion is the point; names in it are escaped
  for output in "${globs[@]}"; do made+=("$1"/${output#*=}); done
}

find_fault() { # <root>: 0 where all checks hold; else 1, or 2 where they cannot be run, and `fault` says why
  local path made=()
  find_made "$1"
  for path in "${made[@]}"; do
    [[ ! -s $path ]] || continue
    fault="${path##*/} was not written"
    [[ ! -e $path ]] || fault="${path##*/} is empty"
    return 1
  done
  [[ -z $deep || ! -x $helper ]] || ask_helper "$1"
}

ask_helper() { # <root>: the checks that need more than bash
  local path words=()
  for path in "${inputs[@]}"; do words+=(--input "$path"); done
  for path in "${outputs[@]}" "${globs[@]}"; do words+=(--output "$path"); done
  for path in "${verify[@]}"; do words+=(--command "$(contained "$path")"); done
  export project out work tracker profile
  fault=$("$helper" -I -X utf8 "$project/remote_tracker/check_results.py" "$here/checks.json" \
    --root "$1" --log "$here/output.$n" "${words[@]}")
}

refuse_result() { # <code of find_fault>
  [[ $1 -ne 2 ]] || end_log 70 failed "the checks could not be run: $(last_word)"
  end_log 65 bad "$fault"
}

accept_exit() { [[ $exit_ok == any || " $exit_ok " == *" $1 "* ]]; }
