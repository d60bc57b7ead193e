# shellcheck shell=bash
# Folders that only this user can have filled: programs are started from what lies in them, often as root. Names below
# /tmp that anybody can guess can be taken by anybody first.

refuse_foreign() { # <folder>: ends the script where the folder is there and somebody else may have put it there
  local folder=${1%/}
  if ! [[ -e $folder || -L $folder ]]; then return 0; fi
  if [[ -L $folder || ! -d $folder || ! -O $folder || -n $(find "$folder" -maxdepth 0 -perm -002) ]]; then
    echo "$folder: is not a folder of $(id -un)'s alone (another user's, a link, or open to all). Name another." >&2
    exit 1
  fi
}

make_own_folder() { # <folder>: makes it where it is not there; ends the script as refuse_foreign does
  local folder=${1%/}
  if [[ $folder == */* ]]; then mkdir -p -- "${folder%/*}/"; fi
  mkdir -- "$folder" 2>/dev/null || refuse_foreign "$folder"
}
