# shellcheck shell=bash disable=SC2154
# Done means proven: what a task may start from, what its results must show, and how they are published.

refuse_twin() { # the batch belongs to the array that linked `owner` first
  local owner='' mine=$here/.owner.$HOSTNAME.$BASHPID
  [[ -z ${RT_JOB:-} || ! -e $here/gone ]] || { echo "Batch $batch was given up. Nothing was done: scan again." && exit 75; }
  refuse_halted
  refuse_running
  [[ -n ${RT_JOB:-} ]] || return 0
  if ! [[ -e $here/owner ]]; then
    printf '%s\n' "$RT_JOB" >"$mine"
    ln "$mine" "$here/owner" 2>/dev/null || true
    rm -f "$mine"
  fi
  read -r owner <"$here/owner" || true
  [[ $owner != "$RT_JOB" ]] || return 0
  echo "Batch $batch belongs to job $owner; this is job $RT_JOB. Nothing was done: scan again."
  exit 75
}

refuse_halted() { # a node that fails every task takes them all, one after the other, if nothing stops it
  local halted
  [[ -n ${RT_JOB:-} && -e $here/halted ]] || return 0
  read -r halted <"$here/halted" || true
  echo "Batch $batch halted itself: ${halted%% why=*} failed 5 tasks in a row: ${halted#* why=}. Nothing was done."
  exit 75
}

refuse_running() { # by hand or not, a task runs once at a time; its log says who is at it
  local line pid='' host='' job=by-hand
  [[ -s $here/output.$n ]] || return 0
  while IFS= read -r line; do
    pid='' job=by-hand
    [[ $line == '# start '* ]] || continue
    line=${line#*" host="} host=${line%% *} pid=${line#*" pid="} job=${line#*" job="}
    pid=${pid%% *} job=${job%% *}
  done < <(grep -a -e '^# start .* host=' -e '# end .* result=' "$here/output.$n")
  if [[ $host == "$HOSTNAME" && -n $pid ]] && grep -aqs run_task.sh "/proc/$pid/cmdline"; then
    echo "Task $n of batch $batch is running here already (process $pid). Nothing was done."
  elif [[ $host != "$HOSTNAME" && $job != by-hand && -z ${RT_JOB:-} ]]; then # whether it lives cannot be seen from here
    echo "Task $n of batch $batch was started by job $job on $host and has no end. Nothing was done: cancel it first, or scan again."
  else
    return 0
  fi
  exit 75
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
  local path unsure=$deep$folder_names made=()
  find_made "$1"
  for path in "${made[@]}"; do
    [[ ! -d $path ]] || unsure=yes # whether it holds something
    [[ ! -s $path ]] || continue
    fault="${path##*/} was not written"
    [[ ! -e $path ]] || fault="${path##*/} is empty"
    return 1
  done
  [[ -z $unsure || ! -x $helper ]] || ask_helper "$1"
}

ask_helper() { # <root>: the checks that need more than bash
  local path words=()
  for path in "${inputs[@]}"; do words+=(--input "$path"); done
  for path in "${outputs[@]}" "${globs[@]}"; do
    [[ " $folder_names " != *" ${path%%=*} "* ]] || path+=/
    words+=(--output "$path")
  done
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

publish() { # into place by rename; what stands there and is a folder is moved aside first
  local path target near made=()
  [[ $mode != in-place ]] || return 0
  find_made "$out"
  for path in "${made[@]}"; do
    target=$project${path#"$out"}
    [[ -d ${target%/*} ]] || mkdir -p -- "${target%/*}" || return 1
    bring_near "${path#"$out"/}" || return 1
    [[ ! -d $target || -L $target ]] || mv -T -- "$target" "$near.old" || return 1
    mv -f -T -- "$path" "$target" || return 1
    [[ ! -e $near.old ]] || rm -rf -- "$near.old"
  done
  cd "$project" && rm -rf -- "$work"
  for path in "${elsewhere[@]}"; do rm -rf -- "$path"; done
}

bring_near() { # <path below the work folder>: MaskedVideos may be a link to another disk, where a rename is a copy
  local folder=$project/${1%%/*}/${place#*/}.$HOSTNAME.$BASHPID
  near=$work/.published
  [[ ${1%%/*} != "${place%%/*}" ]] || return 0
  near=$folder/published
  mkdir -p -- "$folder" && elsewhere+=("$folder")
  mv -T -- "$path" "$near" && path=$near
}
