# shellcheck shell=bash disable=SC2034,SC2154
# Where a command works: a folder of its own, what earlier attempts left there, what it starts from.
# Reads: HOSTNAME begun project place mode scratch inputs outputs globs start
# Sets: work out

make_work_folder() { # fresh: a new folder for each attempt; resume: a folder kept between attempts; in-place: none
  local folders=() paths=("${outputs[@]#*=}") output
  for output in "${globs[@]#*=}"; do
    if [[ $output == *\\* ]]; then output=$(unescape "$output"); fi
    paths+=("$output")
  done
  case $mode in
    in-place) if [[ -n $scratch ]]; then work=$(mktemp -d); fi ;;
    resume) work=$project/$place out=$work ;;
    *)
      for output in "$place" "${paths[@]}"; do
        clear_attempts "$project/${output%%/*}/${place#*/}".*
      done
      work=$project/$place.$HOSTNAME.$BASHPID-$begun out=$work
      ;;
  esac
  for output in "${paths[@]}"; do
    output=$out/$output
    if ! [[ -d ${output%/*} ]]; then folders+=("${output%/*}"); fi
  done
  if [[ ${#folders[@]} -gt 0 ]] && ! mkdir -p -- "${folders[@]}"; then
    end_log 73 failed "the work folder could not be made: $out"
  fi
  copy_starts
}

unescape() { # <glob>: a glob without the backslashes that stand before a name's own stars and brackets
  local path=${1//\\\\/$'\n'} # no name holds a line break
  path=${path//\\/}
  printf '%s' "${path//$'\n'/\\}"
}

clear_attempts() { # removes what killed attempts at this task left, unless an attempt lives
  local path owner born
  if ! [[ -e $1 ]]; then return 0; fi
  for path in "$@"; do
    owner=${path##*.} born=''
    if [[ $owner == *-* ]]; then born=${owner#*-}; fi # an older version's folder has none
    if [[ $path == *".$HOSTNAME.$owner" ]] && lives "${owner%%-*}" "$born"; then
      end_log 75 cancelled "process ${owner%%-*} is making this just now" being-made
    fi
  done
  rm -rf -- "$@"
}

copy_starts() { # programs that write into their input get a copy of it
  local i input output
  for ((i = 0; i < ${#start[@]}; i += 2)); do
    output=$out/$(named "${start[i]}" "${outputs[@]}")
    input=$(named "${start[i + 1]}" "${inputs[@]}")
    if [[ $mode == resume && -e $output ]]; then continue; fi
    if ! cp -r -- "$input" "$output"; then end_log 74 failed "no copy could be made of $input"; fi
  done
}
