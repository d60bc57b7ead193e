# shellcheck shell=bash disable=SC2034,SC2154
# Where a command works, and how it is run and stopped.

make_work_folder() { # fresh: a new one an attempt; resume: kept between attempts; in-place: none
  local folders=() paths=("${outputs[@]#*=}") output
  for output in "${globs[@]#*=}"; do
    [[ $output != *\\* ]] || output=$(unescape "$output")
    paths+=("$output")
  done
  case $mode in
    in-place) [[ -z $scratch ]] || work=$(mktemp -d) ;;
    resume) work=$project/$place out=$work ;;
    *)
      for output in "$place" "${paths[@]}"; do
        clear_attempts "$project/${output%%/*}/${place#*/}".*
      done
      work=$project/$place.$HOSTNAME.$BASHPID out=$work
      ;;
  esac
  for output in "${paths[@]}"; do
    output=$out/$output
    [[ -d ${output%/*} ]] || folders+=("${output%/*}")
  done
  [[ ${#folders[@]} -eq 0 ]] || mkdir -p -- "${folders[@]}" || end_log 73 failed "the work folder could not be made: $out"
  copy_starts
}

unescape() { # <glob>: a glob without the backslashes that stand before a name's own stars and brackets
  local path=${1//\\\\/$'\n'} # no name holds a line break
  path=${path//\\/}
  printf '%s' "${path//$'\n'/\\}"
}

clear_attempts() { # what a kill left of earlier attempts at this very piece of work, if none of them lives
  local path
  [[ -e $1 ]] || return 0
  for path in "$@"; do
    if [[ $path == *".$HOSTNAME.${path##*.}" ]] && grep -aqs run_task.sh "/proc/${path##*.}/cmdline"; then
      end_log 75 cancelled "process ${path##*.} is making this just now"
    fi
  done
  rm -rf -- "$@"
}

copy_starts() { # programs that write into their input get a copy of it
  local i input output
  for ((i = 0; i < ${#start[@]}; i += 2)); do
    output=$out/$(named "${start[i]}" "${outputs[@]}")
    input=$(named "${start[i + 1]}" "${inputs[@]}")
    [[ $mode == resume && -e $output ]] || cp -r -- "$input" "$output" || end_log 74 failed "no copy could be made of $input"
  done
}

load_environment() { # conda and modules do not survive `set -eu`; what activate.sh sets must not be taken for ours
  local IFS=$IFS n=$n out=$out work=$work mode=$mode place=$place project=$project tracker=$tracker profile=$profile unit=$unit
  local stage=$stage here=$here batch=$batch version='' program='' params=$params helper=$helper deep=$deep folder_names=$folder_names start=("${start[@]}")
  local scratch=$scratch exit_ok=$exit_ok container=("${container[@]}") ready=${ready:-} code=0 fault='' made=() stale=$stale verify=("${verify[@]}") killer=''
  local inputs=("${inputs[@]}") outputs=("${outputs[@]}") globs=("${globs[@]}") command=$command
  doing='workspace/activate.sh ended the task: it must not call exit'
  set +eu
  # shellcheck source=/dev/null
  [[ ! -r $project/workspace/activate.sh ]] || source "$project/workspace/activate.sh" </dev/null
  set +f -eu
  set_environment
  doing='run_task.sh itself failed'
}

find_version() { # sets `version`: what the tracker says of itself, as one word
  version=$( (cd "$project" && set +eu && eval "$(contained print_version)") </dev/null 2>/dev/null |
    LC_ALL=C awk '{last = $0} END {gsub(/[^!-~]/, "_", last); print substr(last, 1, 60)}') || true
}

run_command() { # in a process group of its own, so that a stop reaches all of it
  local child code=0
  [[ -z $stopped ]] || return 143
  cd "$project"
  set -m
  (trap - TERM INT HUP USR1 USR2 EXIT && set +eu && eval "$(contained "$command")") </dev/null &
  child=$!
  set +m
  trap 'stop_command "$child"' TERM INT HUP USR2 # USR2: GridEngine is about to kill; USR1: the time is nearly over
  trap 'stop_command "$child" USR1' USR1
  [[ -z $stopped ]] || stop_command "$child" # it came while the command was being started
  wait "$child" || code=$?
  while kill -0 "$child" 2>/dev/null; do wait "$child" || code=$?; done
  [[ -z $stopped ]] || wait_for_group "$child"
  trap 'stopped=yes' TERM INT HUP USR1 USR2
  [[ -z $killer ]] || kill "$killer" 2>/dev/null || true
  return "$code"
}

wait_for_group() { # <process group>: its first process may go before the program that it started
  local end=$((SECONDS + 15))
  while kill -0 -- "-$1" 2>/dev/null && [[ $SECONDS -lt $end ]]; do sleep 0.1; done
}

stop_command() { # <process group> [signal]; the end is written only when the command is gone, by force after 10 s
  kill -TERM -- "-$1" 2>/dev/null || true
  stopped=yes
  [[ -z $killer ]] || return 0
  printf '\n# signal %s\n' "${2:-TERM}" # a program may have ended without a line break
  (
    trap 'kill "$!"; exit' TERM
    sleep 10 &
    wait "$!"
    kill -KILL -- "-$1"
  ) >/dev/null 2>&1 &
  killer=$!
}
