# shellcheck shell=bash disable=SC2034,SC2154
# Whether the results of a task that took long may still be published: what was true at its start is asked once more.
# Reads: cut HOSTNAME batches batch here n mode work place inputs marks known given_up token targets made, RT_JOB RT_ALONE of the
#   job script, host pid began ended of read_last_run
# Sets: younger newest redone rivals devices notes; marks through mark_inputs; see: seen of look_again

find_younger() { # sets `newest` to the highest number of a batch, `younger` to the lists of the batches after this batch,
  # and `redone`, where a redo ever moved results
  local path number
  younger=() newest=$((10#$batch)) redone=''
  for path in "$batches"/[0-9r]*; do # a glob that goes on below them would ask the disk for each older batch
    number=${path##*/}
    if [[ $number == redo ]]; then redone=yes; fi
    if [[ $number == *[!0-9]* ]] || ((10#$number <= 10#$batch)); then continue; fi
    if ! [[ -e $path/tasks.txt ]]; then continue; fi
    younger+=("$path/tasks.txt")
    if ((10#$number > newest)); then newest=$((10#$number)); fi
  done
}

find_rivals() { # sets `rivals`: a line for each run of this piece of work, by a younger batch, that is finished or may live
  local found path line host pid job born began ended
  rivals=''
  if [[ ${#younger[@]} -eq 0 ]]; then return 0; fi
  found=$(exec grep -nHF -- " place=$place" "${younger[@]}") || return 0
  while IFS= read -r line; do
    path=${line%%/tasks.txt:*} line=${line#*/tasks.txt:}
    path=$path/output.${line%%:*}
    if ! [[ -s $path ]]; then continue; fi
    read_last_run "$path"
    if [[ $host == "$HOSTNAME" && -z $ended ]] && ! is_alive; then ended=vanished; fi
    if [[ -n $pid && ($ended == finished || -z $ended) ]]; then rivals+="$path ${began:-$pid} $ended"$'\n'; fi
  done <<<"$found"
}

refuse_late() { # ends the task where its results must not be published any more; sets `devices` for the publishing
  local next
  refuse_overtaken
  if [[ -z $given_up && -e $here/gone ]]; then give_way 75 "its batch was given up while it ran" cancelled; fi
  printf -v next '%04d' "$((newest + 1))"
  if [[ -e $batches/$next ]]; then find_younger; fi
  if [[ ${#younger[@]} -gt 0 ]]; then refuse_rivals; fi
  if ! look_again; then give_way 66 "its input changed while it ran" input-changed; fi
}

refuse_rivals() { # ends the task where a younger batch has begun with this piece of work since
  local then=$rivals line
  find_rivals
  while IFS= read -r line; do
    if [[ -z $line || $'\n'$then == *$'\n'$line$'\n'* ]]; then continue; fi
    line=${line% * *}
    line=${line%/output.*}
    give_way 75 "batch ${line##*/} took over while it ran" being-made
  done <<<"$rivals"
}

look_again() { # one program for all: sets `devices`, of the work folder and of each target's; 1 where an input changed
  local paths=("${inputs[@]#*=}") seen=() lines=() before=$marks
  if [[ $mode != in-place && ${#targets[@]} -gt 0 ]]; then lines=("$work" "${targets[@]%/*}"); fi # without results no folder
  if [[ ${#paths[@]} -ne 1 ]]; then paths=(); fi
  if [[ $((${#lines[@]} + ${#paths[@]})) -gt 0 ]]; then see "${lines[@]}" "${paths[@]}"; fi
  devices=()
  if [[ ${#seen[@]} -eq $((${#lines[@]} + ${#paths[@]})) ]]; then devices=("${seen[@]%% *}"); fi
  if [[ ${#paths[@]} -eq 1 ]]; then
    [[ ${#devices[@]} -gt 0 && ${seen[-1]#* } == "$marks" ]]
  else
    mark_inputs
    [[ $marks == "$before" ]]
  fi
}

see() { # <path>...: fills the caller's `seen` with device, size and mtime; in place, where nothing is moved, `notes`, too
  local answer undone='' questions=(stat "$#" "$@")
  if [[ $mode == in-place ]]; then add_note "${made[@]}"; fi
  if ask_helper "${questions[@]}" || [[ -n $undone ]]; then
    seen=("${answer[@]:0:$#}")
    if [[ $undone -eq 0 ]]; then notes=("${answer[@]:$#}"); fi
  else
    cut_lines "$(LC_ALL=C exec stat -L -c '%d size=%s mtime=%.9Y' -- "$@" 2>/dev/null)"
    seen=("${cut[@]}")
  fi
}

give_way() { # <exit code> <why> <cause>: nothing of this copy is published; in place it may have written into what others made
  if [[ $mode == in-place ]]; then
    note_intent || true
  elif [[ $mode != resume ]]; then
    drop_work "$work"
  fi
  end_log "$1" cancelled "$2" "$3"
}

refuse_overtaken() { # a node that came back may still run a task that was requeued: its results are not published
  if ! [[ -z ${RT_ALONE:-} && -n ${RT_JOB:-} && $SECONDS -ge 10 ]]; then return 0; fi # no node is given up within seconds
  local host pid job born began ended
  read_last_run "$here/output.$n"
  if [[ -z $began || $began == "$token" ]]; then return 0; fi
  trap - EXIT
  if [[ $mode != resume && -n $work ]]; then drop_work "$work"; fi # in resume mode the other copy works in this folder, too
  echo "# This copy (process $BASHPID on $HOSTNAME) was overtaken by a later start: nothing of it was published."
  exit 75
}
