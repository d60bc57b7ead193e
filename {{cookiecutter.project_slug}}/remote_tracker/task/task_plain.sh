# shellcheck shell=bash disable=SC2034,SC2154
# Whether the tracker's side is plain: it runs a single program, and no line of bash that could see our names, from
# activate.sh or elsewhere. Then they stay: a short task costs a sixth less.
# Reads: project command functions versioned container is_active
# Sets: own plain runnable

find_runnable() { # sets `runnable` to the first word of the command where that is a program and nothing is run before it
  own=() plain='' runnable=''
  if [[ $functions != $'\n  :\n}\n'* || -n $versioned || ${#container[@]} -gt 0 || $- == *a* ]]; then return 0; fi # a: set -a exports all
  set -- "${command%%[!-+%./_[:alnum:]]*}"
  if [[ $1 == time || $1 == coproc ]]; then return 0; fi # bash's own words
  if [[ $1 != */* ]]; then
    hash -- "$1" 2>/dev/null || return 0
    hash -t -- "$1" >/dev/null 2>&1 || return 0 # hash took no function and no builtin
  fi
  runnable=$1
}

is_plain() { # whether the side runs the program of `runnable` alone, with words that bash only hands on
  local line=${command#"$runnable "} name
  if [[ -z $runnable || $line == "$command" ]]; then return 1; fi
  for name in project out tracker work profile current; do
    if [[ $line != *\$* ]]; then break; fi
    line=${line//"\"\$$name\""/}
  done
  if [[ $line == *[!-\ +%./_,:=@\<\>[:alnum:]]* ]]; then return 1; fi
  if [[ -z $is_active ]]; then return 0; fi
  is_empty "$project/workspace/activate.sh"
}

is_empty() { # <file of bash>: whether it is not there, or holds comments alone
  local text='' line IFS=$'\n'
  if ! [[ -r $1 ]]; then return 0; fi
  if ! [[ -f $1 ]]; then return 1; fi
  if IFS= read -r -d '' text <"$1"; then return 1; fi # bash reads on behind a NUL byte
  set -f
  for line in $text; do
    line=${line#"${line%%[![:blank:]]*}"}
    if [[ -n $line && $line != '#'* ]]; then break; fi
    line=''
  done
  set +f
  [[ -z $line ]]
}
