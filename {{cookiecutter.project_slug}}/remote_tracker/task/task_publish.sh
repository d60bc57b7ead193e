# shellcheck shell=bash disable=SC2034,SC2154
# How proven results come to their place.

publish() { # into place by rename; what stands there and is a folder is moved aside first
  local path target near made=()
  [[ $mode != in-place ]] || return 0
  find_made "$out"
  for path in "${made[@]}"; do
    target=$project${path#"$out"}
    [[ -d ${target%/*} ]] || mkdir -p -- "${target%/*}" || return 1
    bring_near "${path#"$out"/}" || return 1
    [[ ! -d $target || -L $target ]] || mv -T -- "$target" "$near.old" || return 1
    mv -f -T -- "$path" "$target" || return 1
    [[ ! -e $near.old ]] || rm -rf -- "$near.old"
  done
  cd "$project" && rm -rf -- "$work"
  for path in "${elsewhere[@]}"; do rm -rf -- "$path"; done
}

bring_near() { # <path below the work folder>: MaskedVideos may be a link to another disk, where a rename is a copy
  local folder=$project/${1%%/*}/${place#*/}.$HOSTNAME.$BASHPID
  near=$work/.published
  [[ ${1%%/*} != "${place%%/*}" ]] || return 0
  near=$folder/published
  mkdir -p -- "$folder" && elsewhere+=("$folder")
  mv -T -- "$path" "$near" && path=$near
}
