# shellcheck shell=bash disable=SC2034,SC2154
# How proven results come to their place: by renames, so that what stands there is old or new, never half. A set of
# results is moved under a note; while the note stands, nobody believes what stands there. For a single file task_folders.sh has
# a sign that costs nothing.
# Reads: HOSTNAME begun project mode out work current place unit stage token devices globs asked made
# Sets: targets elsewhere holding notes intent; bring_near: near and aside of publish; move_all: moved cleared unsure of it; take_back: single of it

name_targets() { # where each result belongs; makes the folders
  local path
  targets=()
  if [[ $mode == in-place ]]; then return 0; fi
  for path in "${made[@]}"; do # as the proof found them
    targets+=("$project${path#"$out"}")
    path=${targets[-1]%/*}
    if ! [[ -d $path ]]; then mkdir -p -- "$path" || return 1; fi
  done
}

publish() { # all that needs space comes before the note; a folder that stands there is moved aside first
  local i near=() aside=() moved=0 cleared='' unsure='' single=''
  if [[ $mode != in-place ]]; then
    for i in "${!made[@]}"; do
      bring_near "$i" || return 1
    done
    if [[ ${#elsewhere[@]} -gt 0 ]]; then refuse_late; fi # copies may have taken hours
    if is_single; then single=yes; else note_intent || return 1; fi
    move_all
    if [[ -n $single && $moved -eq 0 ]] && ! move_single; then note_intent || return 1; fi
    for ((i = moved; i < ${#made[@]}; i++)); do
      if ! move_in "$i"; then
        take_back "$i"
        return 1
      fi
    done
  fi
  if [[ -z $cleared ]]; then clear_work; fi
}

move_all() { # asks the helper for all that is left: sets the caller's `moved`, `cleared` and `unsure`; and `notes`
  local i answer=() undone=unasked questions=() paths=("$work") before=0
  if [[ -z $asked || ${#elsewhere[@]} -gt 0 ]]; then return 0; fi
  if [[ -n $single ]]; then questions=(remove 1 "$current") before=1; fi
  for i in "${!made[@]}"; do
    if [[ -z $single && -d ${targets[i]} ]]; then return 0; fi
    questions+=(move 2 "${near[i]}" "${targets[i]}")
  done
  if [[ -n $holding ]]; then paths+=("$holding"); fi
  if [[ -z $single ]]; then questions+=(forget 2 "$intent" " token=$token unit="); fi
  questions+=(remove "${#paths[@]}" "${paths[@]}")
  i=${#questions[@]}
  if [[ ${#globs[@]} -eq 0 ]]; then add_note "${targets[@]}"; fi # what globs match there may be more than what was made
  ask_helper "${questions[@]}" || true
  if [[ -z $undone ]]; then unsure=yes; fi # it has died, and may have moved some
  if [[ $undone != [0-9]* ]]; then return 0; fi
  if [[ $undone -eq 0 ]]; then notes=("${answer[@]}"); fi
  moved=$((${#made[@]} + 2 + (${#questions[@]} > i) - undone)) # single: what is removed before, and no note
  if [[ $moved -ge $((${#made[@]} + 2)) ]]; then cleared=yes holding=''; fi
  moved=$((moved > before ? moved - before : 0))
  if [[ $moved -gt ${#made[@]} ]]; then moved=${#made[@]}; fi
}

bring_near() { # <index>: what belongs on another disk is copied beside its target, where the last step is a rename, too
  local folder=${targets[$1]%/*}/${place#*/}.$HOSTNAME.$BASHPID-$begun
  near[$1]=${made[$1]} aside[$1]=$work/.published.$1.old
  if [[ -n ${devices[0]:-} && ${devices[$1 + 1]:-} == "${devices[0]}" ]]; then return 0; fi
  near[$1]=$folder/$1 aside[$1]=$folder/$1.old
  if ! [[ -e $folder ]]; then clear_attempts "${targets[$1]%/*}/${place#*/}".*; fi # a killed attempt may have left a copy
  elsewhere+=("$folder")
  make_beside "$folder" || return 1
  cp -a -T -- "${made[$1]}" "${near[$1]}" || return 1
  find "${near[$1]}" '(' -type f -o -type d ')' -exec sync -- {} +
}

note_intent() { # notes that these results are being replaced: until the note is gone they are none
  local folder=$project/${place%/*}
  if ! [[ -d $folder ]]; then mkdir -p -- "$folder" || return 1; fi
  intent=$folder/publish.${place##*/}
  printf 'stage=%s token=%s unit=%s\n' "$stage" "$token" "$unit" >"$intent"
}

move_in() { # <index>
  local target=${targets[$1]}
  if [[ -n $unsure && ! -e ${near[$1]} && ! -L ${near[$1]} ]]; then return 0; fi # it was there until the helper was asked
  if [[ -d $target && ! -L $target ]]; then mv -T -- "$target" "${aside[$1]}" || return 1; fi
  mv -f -T -- "${near[$1]}" "$target"
}

take_back() { # <index of the result that could not be moved>: what was put there goes; so does the note, if nothing is left
  local i
  for ((i = $1; i >= 0; i--)); do
    if [[ $i -lt $1 || ${targets[i]} -nt $intent ]]; then rm -rf -- "${targets[i]}" || return 0; fi
    if [[ -e ${aside[i]} ]]; then mv -T -- "${aside[i]}" "${targets[i]}" || return 0; fi
  done
  rm -f -- "$intent"
  if [[ -n $single ]]; then mkdir -- "$current" || true; fi # takes back the sign of move_single, too
}

clear_work() { # the results are in their place; what cannot be removed now, the next attempt clears
  local paths=() line=''
  if [[ $mode == in-place ]]; then
    paths=("$project/${place%/*}/publish.${place##*/}")
    if ! [[ -e ${paths[0]} ]]; then paths=(); fi
  else
    if [[ -n $intent ]]; then { read -r line <"$intent"; } 2>/dev/null || true; fi
    if [[ $line == *" token=$token unit="* ]]; then paths=("$intent"); fi # else another copy is at it
    paths+=("${elsewhere[@]}")
    if ! clear_folders; then paths+=("$work"); fi
  fi
  if [[ -n $holding ]]; then paths+=("$holding"); fi
  if [[ ${#paths[@]} -gt 0 ]] && ! remove "${paths[@]}" && [[ $mode == fresh ]]; then keep_signs "$work"; fi
  if [[ ${#elsewhere[@]} -gt 0 ]]; then rmdir -- "${elsewhere[@]%/*}" 2>/dev/null || true; fi
  elsewhere=() holding=''
}
