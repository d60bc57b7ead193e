# shellcheck shell=bash disable=SC2034,SC2154
# How the tracker's side is started, waited for, listened to and stopped: in a process group of its own, so that a
# stop reaches all of it.
# Reads: lines plain lone told stopped token asked answered
# Sets: side code heard cancelled stopped killer log_out log_err told

run_tracker() { # sets `heard` and `code`, or `cancelled` where the task was stopped before the checks of its results
  local name=''
  if [[ -n $stopped ]]; then
    cancelled=yes code=143
    return 0
  fi
  prepare_lines
  start_side
  trap 'stop_tracker TERM' TERM INT HUP USR2 # USR2: GridEngine is about to kill; USR1: the time is nearly over
  trap 'stop_tracker USR1' USR1
  if [[ -n $stopped ]]; then stop_tracker TERM; fi # the signal came while the side was being started
  wait "$side" 2>/dev/null || code=$? # of a side that is the program itself bash would tell our own lines
  if [[ $code -gt 128 ]]; then # a signal ends the wait
    while kill -0 "$side" 2>/dev/null; do wait "$side" 2>/dev/null || code=$?; done
    if [[ -n $plain && $code -gt 128 && -z $cancelled ]]; then name=$(kill -l "$code" 2>/dev/null) || true; fi
    if [[ -n $name ]]; then
      printf '\n# the program ended with %s, as by signal %s\n' "$code" "$name"
    fi
  fi
  if [[ -n $cancelled ]]; then wait_for_group; fi
  trap 'stopped=yes' TERM INT HUP USR1 USR2
  if [[ -n $killer ]]; then wait "$killer" || true; fi
  if [[ -z $lone ]]; then hear; fi
  end_left
}

start_side() { # sets `side`, the process group in which the tracker's side runs
  set -m
  if [[ -n $lone ]]; then
    RT_TASK=$token live_alone "${told:+$told>&-} ${asked:+$asked>&- $answered<&-}" </dev/null &
    side=$! heard[activated]=yes
  else
    if [[ -z $told ]]; then open_told; fi
    exec {log_out}>&1 {log_err}>&2
    RT_TASK=$token live_as_tracker "${lines[@]}" "$told" "$log_out" "$log_err" "${asked:+$asked>&- $answered<&-}" </dev/null &
    side=$!
    exec {log_out}>&- {log_err}>&-
  fi
  set +m
}

open_told() { # sets `told`, a pipe that is open at both ends, through which the tracker's side answers; it costs a process
  exec {told}<> <(:)
}

hear() { # reads the side's answers; never waits for more, even where a program that was left behind holds the pipe
  local line
  if [[ -z $told ]]; then return 0; fi # the program is the side
  while read -r -t 0 -u "$told" && IFS= read -r -t 1 -u "$told" line; do heard[${line%% *}]=${line#* }; done
}

wait_for_group() { # the first process of the group may end before the program that it started
  local end=$((SECONDS + 15))
  while kill -0 -- "-$side" 2>/dev/null && [[ $SECONDS -lt $end ]]; do sleep 0.1; done
}

stop_tracker() { # <signal>; the end is written only when the command is gone, by force after 10 s
  local never tries
  stopped=yes
  hear
  if [[ -n ${heard[program]:-} ]]; then return 0; fi # the command is over: its results are being checked
  kill -TERM -- "-$side" 2>/dev/null || true
  cancelled=yes
  if [[ -n $killer ]]; then return 0; fi
  printf '\n# signal %s\n' "$1" # a program may have ended without a line break
  ( # it ends by itself: in bash 4.4 a signal may be lost on a subshell that has just begun
    exec {never}<> <(:) # nobody writes there: a wait without a process that would stay behind
    for ((tries = 0; tries < 100; tries++)); do
      if ! kill -0 -- "-$side"; then exit; fi
      read -r -t 0.1 -u "$never" || true
    done
    kill -KILL -- "-$side"
  ) >/dev/null 2>&1 &
  killer=$!
}
