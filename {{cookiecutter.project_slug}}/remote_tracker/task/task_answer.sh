# shellcheck shell=bash disable=SC2034,SC2154
# The helper: a program that all tasks of a process share. It says what files hold, makes, moves and removes, where a single
# task starts stat, sha256sum, mkdir, mv and rm: starts of programs are the greater part of a short task's cost. Where
# the helper is missing, or has died, tasks start these programs. content/answer.py says what is asked and answered.
# Reads: cut helper project content wanted n inputs hasher marks; paths of note_content
# Sets: asked answered entries; ask_helper: answer and undone of its callers; add_note: questions of its callers

make_folders() { # <path>...: below the project
  local answer=() undone=''
  if ask_helper make "$#" "$@"; then return 0; fi
  if mkdir -- "$@" 2>/dev/null; then return 0; fi
  ( # mkdir -p asks the disk for each part of a path
    cd -- "$project" || exit
    exec mkdir -p -- "${@#"$project"/}"
  )
}

remove() { # <path>...
  local answer=() undone=''
  if ask_helper remove "$#" "$@"; then return 0; fi
  rm -rf -- "$@"
}

add_note() { # <result>...: adds to the caller's `questions` what the inputs and these results hold
  local paths=("${inputs[@]#*=}")
  if [[ -z $hasher && $((${#paths[@]} + $#)) -gt 0 ]]; then
    questions+=(note "$((${#paths[@]} + $#))" "${paths[@]/#/in=}" "${@/#/out=}")
  fi
}

keep_notes() { # takes the caller's `answer` for `entries`, unless the input of the caller's `paths` changed meanwhile
  local mark=${marks#size=}
  mark=${mark/ mtime?/ }
  if [[ ${#paths[@]} -ne 1 || -d ${paths[0]} || ${answer[0]} == "in $mark "* ]]; then entries+=("${answer[@]}"); fi
}

start_helper() { # the pipe for questions is open at both ends here: a task is not killed by a helper that has died
  if [[ -n ${asked:-} ]]; then exec {asked}>&- {answered}<&-; fi
  asked='' answered=''
  if [[ ${#wanted[@]} -lt 4 || -n ${RT_BESIDE:-} || ! -x $helper ]]; then return 0; fi # it answers one task at a time
  hash cp mkdir mv rm stat 2>/dev/null || true # a task is a subshell, which would look for each of them in PATH anew
  exec {asked}<> <(:)
  exec {answered}< <(
    trap '' TERM INT HUP USR1 USR2 # it ends with this process, which needs it up to the last task's end
    exec "$helper" -I -S -X utf8 "$project/remote_tracker/content/answer.py" --root "$project" ${content:+"--$content"} \
      <"/proc/self/fd/$asked" 2>/dev/null {asked}>&-
  )
}

ask_helper() { # <question> <how many words> <word>... [<question> ...]: fills `answer` with lines; 1 where not all was done,
  # and `undone` says how many questions were not, from the first that could not be done; nothing where no answer came
  local length said name=$n.$BASHPID.$RANDOM words="$*" IFS=$'\n'
  if [[ -z $asked || ${#words} -gt 16000 ]]; then return 1; fi # more, as four bytes each, might not fit into the pipe
  answer=() undone=''
  printf '%s\0' "$(($# + 1))" "$name" "$@" >&"$asked"
  while read -r -N 8 -u "$answered" length; do
    if [[ $length == b* ]]; then local LC_ALL=C; fi # only then are bytes and characters not the same
    length=${length#b}
    read -r -N "$((10#$length))" -u "$answered" said || break
    if [[ ${said%%$'\n'*} == "$name" ]]; then # else it is the answer to a task that was killed
      cut_lines "$said"
      undone=${cut[1]} answer=("${cut[@]:2}")
      [[ $undone -eq 0 ]]
      return
    fi
  done
  return 1
}
