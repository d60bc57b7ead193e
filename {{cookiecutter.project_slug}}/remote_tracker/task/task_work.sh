# shellcheck shell=bash disable=SC2154
# Where a command works, and how it is run and stopped.

make_work_folder() { # fresh: a new one an attempt; resume: kept between attempts; in-place: none
  local folders=() output
  case $mode in
    in-place) [[ -z $scratch ]] || work=$(mktemp -d) ;;
    resume) work=$project/$place out=$work ;;
    *)
      rm -rf -- "$project/$place".*
      work=$project/$place.$HOSTNAME.$$ out=$work
      ;;
  esac
  for output in "${outputs[@]}" "${globs[@]}"; do
    output=$out/${output#*=}
    folders+=("${output%/*}")
  done
  [[ ${#folders[@]} -eq 0 ]] || mkdir -p -- "${folders[@]}" || end_log 73 failed "the work folder could not be made: $out"
  copy_starts
}

copy_starts() { # programs that write into their input get a copy of it
  local i input output
  for ((i = 0; i < ${#start[@]}; i += 2)); do
    output=$out/$(named "${start[i]}" "${outputs[@]}")
    input=$(in_project "$(named "${start[i + 1]}" "${inputs[@]}")")
    [[ $mode == resume && -e $output ]] || cp -r -- "$input" "$output" || end_log 74 failed "no copy could be made of $input"
  done
}

load_environment() { # conda and modules do not survive `set -eu`
  set +eu
  # shellcheck source=/dev/null
  [[ ! -r $project/workspace/activate.sh ]] || source "$project/workspace/activate.sh"
  set -eu
  set_environment
}

run_command() { # in a process group of its own, so that a stop reaches all of it
  local child code=0
  [[ -z $stopped ]] || return 143
  cd "$project"
  set -m
  (trap - TERM INT HUP && set +eu && eval "${command[0]}") </dev/null &
  child=$!
  set +m
  trap 'stop_command "$child"' TERM INT HUP
  wait "$child" || code=$?
  while kill -0 "$child" 2>/dev/null; do wait "$child" || code=$?; done
  trap 'stopped=yes' TERM INT HUP
  [[ -z $killer ]] || kill "$killer" 2>/dev/null || true
  return "$code"
}

stop_command() { # <process group>; the end is written only when the command is gone, by force after 10 s
  kill -TERM -- "-$1" 2>/dev/null || true
  [[ -z $stopped ]] || return 0
  stopped=yes
  echo "# signal TERM"
  (
    sleep 10 &
    trap 'kill "$!"; exit' TERM
    wait "$!"
    kill -KILL -- "-$1"
  ) >/dev/null 2>&1 &
  killer=$!
}
