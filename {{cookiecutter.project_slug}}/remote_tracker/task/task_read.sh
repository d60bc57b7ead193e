# shellcheck shell=bash disable=SC2034,SC2154
# What a task is told: the batch's settings, line n of its list, and the files that belong to it.

read_batch() { # <n>...: the batch lies in <project>/<folder>/batches/<batch>
  if ! [[ -r $here/batch.yml ]]; then
    echo "There is no batch $batch in $batches." >&2
    exit 66
  fi
  cd "$here" && here=$PWD
  project=${here%/*/*/*}
  # shellcheck source=/dev/null
  source "$here/settings.sh"
  profile=$here/profile
  [[ $tracker == /* ]] || tracker=$project/$tracker
  expand_tasks "$@"
  first=${wanted[0]}
  mapfile -t -s "$((first - 1))" -n "$((${wanted[-1]} - first + 1))" commands <"$here/files2process.txt"
  mapfile -t -s "$((first - 1))" -n "$((${wanted[-1]} - first + 1))" tasks <"$here/tasks.txt"
}

expand_tasks() { # <n>|<n>+<count>...: fills `wanted`; the last job of an array has fewer than the others
  local word i
  wanted=()
  for word in "$@"; do
    wanted+=("${word%+*}")
    [[ $word == *+* ]] || continue
    for ((i = ${word%+*} + 1; i < ${word%+*} + ${word#*+} && i <= total; i++)); do wanted+=("$i"); done
  done
}

read_task() { # <n>: line n of the list, and the files that belong to it
  local i
  n=$1 i=$(($1 - first))
  if [[ $i -lt 0 || $i -ge ${#tasks[@]} ]]; then
    echo "Batch $batch has no task $n." >&2
    exit 66
  fi
  fault='' globs=() verify=() elsewhere=() stale='' killer='' version='' program='' work='' out=$project command=${commands[i]}
  eval "${tasks[i]}" # bash that the scan wrote and quoted
  for i in "${!inputs[@]}"; do # name=path, the path below the project or absolute
    [[ ${inputs[i]#*=} == /* ]] || inputs[i]=${inputs[i]%%=*}=$project/${inputs[i]#*=}
  done
}

named() { # <name> <name>=<path>...: the path of that name
  local pair
  for pair in "${@:2}"; do
    [[ ${pair%%=*} != "$1" ]] || { printf '%s' "${pair#*=}" && return; }
  done
}
