#!/usr/bin/env bash
# A stand-in for LSF on this machine for tests: one node of four slots. It needs python3 (3.10 or newer) alone.
#   lsf.sh up     FOLDER   bring it up
#   lsf.sh down   FOLDER   end its jobs
#   lsf.sh env    FOLDER   print what a shell needs: eval "$(lsf.sh env FOLDER)"
#   lsf.sh status FOLDER   whether it lives (exit code 0) or not (1)
# Everything lies in FOLDER. What it does is from LSF's manual; nothing of it was compared with a real one.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
action=${1:-help}
# shellcheck source=demo/own_folder.sh
source "$here/../../../demo/own_folder.sh"
refuse_foreign "${2:-/tmp/remote-tracker-lsf}"
folder=$(realpath -m -- "${2:-/tmp/remote-tracker-lsf}")

up() {
  local name
  make_own_folder "$folder"
  mkdir -p "$folder"/{bin,jobs,spool}
  for name in bsub bjobs bkill bqueues bparams busers; do
    printf '#!/bin/sh\nexec %q -B -S -E %q %q %s "$@"\n' "$(type -P python3)" "$here/standin" "$folder" "$name" >"$folder/bin/$name"
    chmod +x "$folder/bin/$name"
  done
}

case $action in
  up) up ;;
  down) [[ ! -x $folder/bin/bkill ]] || python3 -B -S -E "$here/standin" "$folder" down && rm -f "$folder/bin"/* ;;
  env) echo "export PATH=$(printf %q "$folder/bin"):\$PATH" ;;
  status) [[ -x $folder/bin/bsub ]] ;;
  *) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2 && exit 2 ;;
esac
