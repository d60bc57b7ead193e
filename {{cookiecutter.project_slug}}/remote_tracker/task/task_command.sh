# shellcheck shell=bash disable=SC2034,SC2154,SC2164
# How a command is run and stopped.

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
