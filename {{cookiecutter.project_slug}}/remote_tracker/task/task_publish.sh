# shellcheck shell=bash disable=SC2154
# How proven results come to their place: by renames, so that what stands there is old or new, never half.
# Reads: HOSTNAME begun project mode out work place
# Sets: made near elsewhere; bring_near: the path of publish

publish() { # what stands there and is a folder is moved aside first
  local path target
  if [[ $mode == in-place ]]; then return 0; fi
  find_made "$out"
  for path in "${made[@]}"; do
    target=$project${path#"$out"}
    if ! [[ -d ${target%/*} ]]; then mkdir -p -- "${target%/*}" || return 1; fi
    bring_near "${path#"$out"/}" || return 1
    if [[ -d $target && ! -L $target ]]; then mv -T -- "$target" "$near.old" || return 1; fi
    mv -f -T -- "$path" "$target" || return 1
    if [[ -e $near.old ]]; then rm -rf -- "$near.old"; fi
  done
  rm -rf -- "$work" "${elsewhere[@]}" || true # the results are in their place; the next attempt clears what is left
}

bring_near() { # <path below the work folder>: MaskedVideos may be a link to another disk, where a rename is a copy
  local folder=$project/${1%%/*}/${place#*/}.$HOSTNAME.$BASHPID-$begun
  near=$work/.published
  if [[ ${1%%/*} == "${place%%/*}" ]]; then return 0; fi
  near=$folder/published
  mkdir -p -- "$folder" || return 1
  elsewhere+=("$folder")
  mv -T -- "$path" "$near" || return 1
  path=$near
}
