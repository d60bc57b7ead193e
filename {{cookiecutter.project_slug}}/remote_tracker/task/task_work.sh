# shellcheck shell=bash disable=SC2034,SC2154
# Where a command works: a folder of its own, what earlier attempts left there, where and from what it starts.
# Reads: HOSTNAME begun project place mode starts_in scratch inputs outputs globs start owner
# Sets: work current out held holding folders torn

make_work_folder() { # fresh: a new folder for each attempt; resume: a folder kept between attempts; in-place: none
  local paths=("${outputs[@]#*=}") output attempts
  folders=()
  for output in "${globs[@]#*=}"; do
    if [[ $output == *\\* ]]; then output=$(unescape "$output"); fi
    paths+=("$output")
  done
  case $mode in
    in-place) if [[ -n $scratch ]]; then work=$(mktemp -d); fi ;;
    resume)
      work=$project/$place out=$work
      hold_folder
      ;;
    *)
      shopt -s dotglob # a video's name may begin with a dot
      attempts=("$project/${place%/*}"/*"${place##*/}"*) # the folder is read once, for their note, too
      shopt -u dotglob
      clear_attempts "${attempts[@]}"
      work=$project/$place.$HOSTNAME.$BASHPID-$begun out=$work
      ;;
  esac
  choose_current
  list_folders "${paths[@]}"
  if [[ ${#folders[@]} -gt 0 ]] && ! make_folders "${folders[@]}"; then
    end_log 73 failed "the work folder could not be made: $out"
  fi
  if [[ ${#start[@]} -gt 0 ]]; then copy_starts; fi
}

choose_current() { # the current folder of the command: empty, so that no file of the project is taken for its settings
  current=$project
  if [[ $starts_in == own ]]; then
    current=$work
    if [[ $mode != in-place ]]; then current=$work/.current; fi
  fi
}

hold_folder() { # in resume mode one task at a time works in the kept folder, and any program of it holds the lock
  local owner code=0 hint='' who="$HOSTNAME $BASHPID-$begun"
  holding=$work.lock
  mkdir -p -- "$work" || true
  : 2>/dev/null >>"$holding" || end_log 73 failed "the work folder could not be made: $work"
  exec {held}>>"$holding"
  flock -n -E 9 "$held" 2>/dev/null || code=$?
  if [[ $code -eq 0 && /proc/$BASHPID/fd/$held -ef $holding ]]; then
    printf '%s\n' "$who" >"$holding"
    return 0
  fi
  owner=''
  if [[ $code -eq 0 || $code -eq 9 ]]; then # 0: whoever held it has just finished, and removed it
    read -r owner <"$holding" || true
  else # the storage knows no locks, or there is no program for them
    rm -f -- "$holding"
    holding=$work.owner
    claim_file "$holding" "$who"
    code=${owner##* } # <pid>-<when it began>
    if [[ ${owner% *} == "$HOSTNAME" ]] && ! lives "${code%%-*}" "${code#*-}"; then
      rm -f -- "$holding"
      claim_file "$holding" "$who"
    fi
    if [[ $owner == "$who" ]]; then return 0; fi
    hint=" (if it is not, remove $holding)"
  fi
  holding=''
  owner=${owner%-*}
  end_log 75 cancelled "process ${owner#* } on ${owner%% *} is at work in $work$hint" being-made
}

unescape() { # <glob>: a glob without the backslashes that stand before a name's own stars and brackets
  local path=${1//\\\\/$'\n'} # no name holds a line break
  path=${path//\\/}
  printf '%s' "${path//$'\n'/\\}"
}

clear_attempts() { # <path>...: removes what killed attempts at this task left, unless an attempt lives
  local path owner born left=()
  for path in "$@"; do
    if [[ ${path##*/} == "publish.${place##*/}" ]]; then torn=yes; fi # it goes when the results are in their place
    if [[ ${path##*/} != "${place##*/}".* || $path == *.'*' ]]; then continue; fi # the pattern itself: nothing matched
    left+=("$path")
    owner=${path##*.} born=''
    if [[ $owner == *-* ]]; then born=${owner#*-}; fi # an older version's folder has none
    if [[ $path == *".$HOSTNAME.$owner" ]] && lives "${owner%%-*}" "$born"; then
      end_log 75 cancelled "process ${owner%%-*} is making this just now" being-made
    fi
  done
  for path in "${left[@]}"; do
    if is_torn "$path"; then # its sign goes, and what it left stays: a note takes over
      torn=yes
      if ! note_intent; then end_log 74 failed "no folder could be made for the results"; fi
    fi
  done
  if [[ ${#left[@]} -gt 0 ]]; then drop_work "${left[@]}"; fi
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
