# shellcheck shell=bash disable=SC2034,SC2154
# The folders that a task makes and removes: of a new work folder each is named, since a disk that is far away is then
# asked once for each, where `mkdir -p` and `rm -r` look at every part of a path and into every folder.
# Reads: project work out current mode asked torn globs made starts_in; near and targets of publish
# Sets: folders; clear_folders: paths of clear_work; move_single: moved of publish

list_folders() { # <output>...: fills `folders` with what has to be made; of a new work folder with each, from above
  local output folder IFS=$'\n'
  if [[ $mode != in-place && $mode != resume ]]; then
    folders=("$work")
    if [[ $current != "$project" ]]; then folders+=("$current"); fi
    for output in "$@"; do
      folder=$work
      while [[ $output == */* ]]; do
        folder+=/${output%%/*} output=${output#*/}
        if [[ $IFS${folders[*]}$IFS != *"$IFS$folder$IFS"* ]]; then folders+=("$folder"); fi
      done
    done
    return 0
  fi
  if ! [[ -d $current ]]; then folders=("$current"); fi
  for output in "$@"; do
    output=$out/$output
    if ! [[ -d ${output%/*} ]]; then folders+=("${output%/*}"); fi
  done
}

is_single() { # whether one rename of a file is all; where a killed task left results that nobody believes, a note stands
  [[ $mode == fresh && $starts_in == own && -z $torn && ${#made[@]} -eq 1 && ${#globs[@]} -eq 0 && ${#folders[@]} -gt 2 ]] &&
    [[ ! -d ${near[0]} ]]
}

move_single() { # puts a single file in its place. A work folder that holds something, but not .current, is the sign that
  # this has begun: until it is gone nobody believes what stands there (is_torn, survey/mixed.py). 1 where it is not moved
  rmdir -- "$current" 2>/dev/null || rm -rf -- "$current" || return 1
  folders=("$work" "${folders[@]:2}")
  mv -f -T -- "${near[0]}" "${targets[0]}" 2>/dev/null || return 1 # a folder stands there: it is moved aside under a note
  moved=1
}

is_torn() { # <work folder>: whether its task was killed while it put a single file in its place
  [[ $mode == fresh && $starts_in == own && -z $torn && ! -e $1/.current ]] && compgen -G "$1/*" >/dev/null
}

make_beside() { # <folder>: beside a result on another disk; another task there may remove the folder above just now, as empty
  local tries
  for tries in 1 2 3 4 5; do
    if mkdir -p -- "$1" 2>/dev/null; then return 0; fi
  done
  mkdir -p -- "$1"
}

drop_work() { # <work folder>...: as far as no program that was left running still writes there
  rm -rf -- "$@" 2>/dev/null || keep_signs "$@"
}

keep_signs() { # <work folder>...: what is written into one while it goes is no sign of results half replaced (is_torn)
  local path
  for path in "$@"; do
    if [[ -d $path ]]; then mkdir -p -- "$path/.current" 2>/dev/null || true; fi
  done
}

clear_folders() { # removes the note of clear_work's `paths`, then a new work folder from below; 1 where the helper is there,
  # which does both, or where something is left in a folder
  local i below=()
  if [[ -n $asked || $mode == resume || ${#folders[@]} -eq 0 ]]; then return 1; fi
  if [[ ${#paths[@]} -gt 0 ]]; then rm -rf -- "${paths[@]}" || true; fi
  paths=()
  for ((i = ${#folders[@]} - 1; i >= 0; i--)); do below+=("${folders[i]}"); done
  rmdir -- "${below[@]}" 2>/dev/null
}
