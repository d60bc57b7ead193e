# shellcheck shell=bash disable=SC2034,SC2154
# The batch's settings, line n of its list, and the files that belong to the task.
# Reads: before batch batches here settings; what the settings and a line of tasks.txt set (remote_tracker/render/task.py)
# Sets: cut here project profile tracker functions rewritten wanted first commands tasks own; of a task, all of its names:
#   n command unit inputs outputs globs verify place stale out work current made targets devices elsewhere marks shown screen terminal
#   token given_up rivals held holding lone lines question log_out log_err side heard cancelled killer code program version fault
#   entries notes hasher hashed begun torn intent

read_batch() { # <n>...: the batch lies in <project>/<folder>/batches/<batch>
  if [[ -z ${RT_JOB:-} ]] && ! [[ -r $here/batch.yml ]]; then # a job's script names no batch before that is whole
    echo "There is no batch $batch in $batches." >&2
    exit 66
  fi
  cd "$here" || exit
  here=$PWD
  project=${here%/*/*/*}
  rewritten=() # few trackers have such a file; their settings say so
  eval "$settings"
  functions=${settings#*$'\nset_environment() {'} # a search that takes long, where each task does it
  profile=$here/profile
  if [[ $tracker != /* ]]; then tracker=$project/$tracker; fi
  expand_tasks "$@"
  first=${wanted[0]}
  commands=() # tasks.txt holds them, too, and is as old to the ns as long as nobody wrote into the list
  if [[ $here/files2process.txt -nt $here/tasks.txt || $here/files2process.txt -ot $here/tasks.txt ]]; then
    mapfile -t -s "$((first - 1))" -n "$((${wanted[-1]} - first + 1))" commands <"$here/files2process.txt"
  fi
  mapfile -t -s "$((first - 1))" -n "$((${wanted[-1]} - first + 1))" tasks <"$here/tasks.txt"
  reset_task
}

reset_task() { # what each task begins with; it runs in a subshell, so that the next finds all as it is here
  made=() targets=() devices=() elsewhere=() lines=() question=() heard=() entries=() notes=() out=$project
  log_out='' log_err='' work='' current='' marks='' shown='' screen='' terminal='' token='' given_up='' rivals='' held=''
  side='' cancelled='' killer='' code=0 program='' version='' fault='' hasher='' hashed='' begun='' holding='' lone='' torn='' intent=''
}

expand_tasks() { # <n>|<n>+<count>...: fills `wanted`; the last job of an array has fewer than the others
  local word i
  wanted=()
  for word in "$@"; do
    wanted+=("${word%+*}")
    if [[ $word == *+* ]]; then
      for ((i = ${word%+*} + 1; i < ${word%+*} + ${word#*+} && i <= total; i++)); do wanted+=("$i"); done
    fi
  done
}

read_task() { # <n>: line n of the list, and the files that belong to it
  local i
  n=$1 i=$(($1 - first))
  if [[ $i -lt 0 || $i -ge ${#tasks[@]} ]]; then
    echo "Batch $batch has no task $n." >&2
    exit 66
  fi
  globs=() verify=() stale=''
  eval "${tasks[i]}" # bash that the scan wrote and quoted
  if [[ ${#commands[@]} -gt 0 ]]; then command=${commands[i]}; fi
  for i in "${!inputs[@]}"; do # name=path, the path below the project or absolute
    if [[ ${inputs[i]#*=} != /* ]]; then inputs[i]=${inputs[i]%%=*}=$project/${inputs[i]#*=}; fi
  done
}

find_own_names() { # fills `own` with our variables and functions: the names that were not there before the parts were read
  local name IFS=$' \n'
  local -A old=()
  own=()
  set -f
  for name in $before; do old[$name]=yes; done
  for name in $(compgen -v && compgen -A function); do # $( ) is read in pieces, a process substitution byte by byte
    if [[ $name == [a-z]* && -z ${old[$name]:-} ]]; then own+=("$name"); fi # names in capitals are bash's
  done
  set +f
}

cut_lines() { # <text>: sets `cut` to its lines; mapfile would read what bash hands it byte by byte
  local IFS=$'\n'
  set -f
  # shellcheck disable=SC2206  # a word is a line
  cut=($1)
  set +f
}

named() { # <name> <name>=<path>...: the path of that name
  local pair
  for pair in "${@:2}"; do
    if [[ ${pair%%=*} == "$1" ]]; then
      printf '%s' "${pair#*=}"
      return
    fi
  done
}
