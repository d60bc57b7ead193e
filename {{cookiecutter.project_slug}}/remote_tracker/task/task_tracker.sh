# shellcheck shell=bash disable=SC2034,SC2154
# The tracker's side: one subshell, in which the user's activate.sh is read and the tracker's lines run. Our names are
# gone from it, so that activate.sh sees and changes none of them, and what it does to its shell ends there. What the
# side needs afterwards crosses as the arguments of the running function: a sourced file cannot reach them. In a plain
# side (task_plain.sh) they stay.
# Reads: own project tracker profile out work current unit functions versioned container ready helper here inputs outputs command
#   exit_ok deep
# Sets: lines question plain lone; contain: the line of its callers

prepare_lines() { # fills `lines`, the arguments of live_as_tracker: bash that needs no name of ours
  local line name path values=''
  plain=''
  if is_plain; then
    plain=yes
    if [[ -z $deep$ready ]]; then
      lone=yes lines=('' '' '' '' '' '' '' '')
      return 0
    fi
  elif [[ ${#own[@]} -eq 0 ]]; then
    find_own_names
  fi
  for name in project tracker profile out work current unit; do values+="$name=${!name@Q} "; done
  lines=("$project" "$current" "declare $values"$'\nset_environment() {'"$functions" '' '')
  if [[ -n $plain ]]; then lines[2]=':'; fi # its names are there, and its environment is empty
  if [[ -n $versioned ]]; then
    contain print_version
    lines[3]=$line
  fi
  if [[ -n $ready && -x $helper ]]; then
    question=("$helper" -I -X utf8 "$project/remote_tracker/check_results.py" "$here/ready.json" --later 3)
    for path in "${inputs[@]}"; do question+=(--input "$path"); done
    lines[4]=${question[*]@Q}
  fi
  contain "$command"
  if [[ -n $plain && -z $deep ]]; then line="exec $line"; fi # the program takes the place of the side: a fork less
  lines+=("$line" "$exit_ok" '')
  if [[ -n $deep && -x $helper ]]; then
    ask_about "$out"
    for path in "${outputs[@]#*=}"; do lines[7]+="[[ -s ${out@Q}/${path@Q} ]] || exit 2; "; done
    lines[7]+="$values${question[*]@Q}"
  fi
}

contain() { # <line of bash>: sets `line` to it, or to the line that runs it in the tracker's container
  line=$1
  if [[ ${#container[@]} -gt 0 ]]; then line=$(contained "$1"); fi
}

live_alone() { # <pipes to close>: a plain side with nothing to ask: the program takes its place at once
  trap - TERM INT HUP USR1 USR2 EXIT
  set +efu
  builtin cd -- "$current" || exit
  eval "exec $command $1"
}

live_as_tracker() { # <project> <start> <names> <version> <ready> <command> <exit codes> <checks> <told> <out> <err> <pipes to close>
  trap - TERM INT HUP USR1 USR2 EXIT
  eval "set +eu; exec ${12}" # conda and modules do not survive -eu
  if [[ -z $plain ]]; then
    unset -f "${own[@]}"; unset -v "${own[@]}"
    if [[ -r $1/workspace/activate.sh ]]; then
      eval "rt_activate() { unset -f rt_activate; source ${1@Q}/workspace/activate.sh; }" # activate.sh gets no arguments
      rt_activate
    fi
  fi
  trap - EXIT ERR DEBUG RETURN TERM INT HUP USR1 USR2; set +efu
  eval "exec >&${10} 2>&${11} ${10}>&- ${11}>&- </dev/null"
  declare IFS=$' \t\n' rt_said='' rt_code=0 # here and below: declare, since a read-only name would end all at =
  eval "$3"
  builtin cd -- "$2" || exit
  set_environment
  builtin printf 'activated yes\n' >&"$9"
  if [[ -n $4 ]]; then
    { rt_said=$(eval "$4"); } 2>/dev/null
    rt_said=${rt_said##*$'\n'}
    builtin printf 'version %s\n' "${rt_said:0:240}" >&"$9"
  fi
  if [[ -n $5 ]]; then
    rt_said=$(eval "$5") || rt_code=$?
    builtin printf 'ready %s\nfault %.2000s\n' "$rt_code" "${rt_said//$'\n'/ }" >&"$9"
    if [[ $rt_code -ne 0 ]]; then exit; fi
  fi
  if [[ -z $8 ]]; then
    eval "exec $9>&-; set --; $6"
    exit
  fi
  (eval "exec $9>&-; set --; $6") || rt_code=$?
  builtin printf 'program %s\n' "$rt_code" >&"$9"
  if [[ " $7 " == *" $rt_code "* || ($7 == any && ($rt_code -le 128 || $rt_code -gt 192)) ]]; then
    rt_said=$(eval "$8")
    builtin printf 'verdict %s\nfault %.2000s\n' "$?" "${rt_said//$'\n'/ }" >&"$9"
  fi
  exit 0
}
