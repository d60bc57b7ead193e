#!/usr/bin/env bash
# A stand-in for OpenPBS on this machine for tests: three nodes of four slots. It needs python3 (3.10 or newer) alone.
#   pbs.sh up     FOLDER            bring it up; quick where it is up
#   pbs.sh down   FOLDER            end its jobs and take it down; what it knew is there again at the next up
#   pbs.sh env    FOLDER            print what a shell needs: eval "$(pbs.sh env FOLDER)"
#   pbs.sh status FOLDER            whether it lives (exit code 0) or not (1)
#   pbs.sh set    FOLDER KEY VALUE  change a setting or switch a fault on (VALUE is JSON); settings.py lists them
# Everything lies in FOLDER; several may be up at a time. What it does as OpenPBS does, and what not: __init__.py.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

alive() {
  local pid
  pid=$(cat "$folder/pid" 2>/dev/null) && [[ $pid && -S $folder/socket ]] || return 1
  tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null | grep -qxF -- "$folder"
}

up() {
  local end=$((SECONDS + 20))
  if alive; then return; fi
  make_own_folder "$folder"
  mkdir -p "$folder"/{spool,undelivered,aux,tmp,mom_priv/jobs}
  # Compiled once for all stand-ins, and not into the repository.
  mkdir -p "${HOME:-$folder}/.cache/remote-tracker/pbs-pycache"
  ln -sfn "${HOME:-$folder}/.cache/remote-tracker/pbs-pycache" "$folder/pycache"
  ln -sfn "$(python3 -c 'import os, sys; print(os.path.realpath(sys.executable))')" "$folder/python"
  printf 'PBS_EXEC=%s\nPBS_HOME=%s\nPBS_SERVER=pbs1\n' "$here" "$folder" >"$folder/pbs.conf"
  setsid "$folder/python" -S -E -X "pycache_prefix=$folder/pycache" "$here/server" "$folder" </dev/null >>"$folder/log" 2>&1 &
  echo $! >"$folder/pid"
  until alive; do
    if ((SECONDS >= end)) || ! kill -0 $! 2>/dev/null; then
      echo "pbs.sh: the server did not come up; the end of $folder/log:" >&2
      tail -n 25 "$folder/log" >&2
      exit 1
    fi
    sleep 0.02
  done
}

down() {
  local pid
  alive || return 0
  pid=$(cat "$folder/pid")
  kill "$pid" 2>/dev/null || true
  while [[ -e /proc/$pid/exe ]]; do sleep 0.02; done
  rm -f -- "$folder/pid" "$folder/socket"
}

environment() {
  # shellcheck disable=SC2016
  printf 'export PBS_CONF_FILE=%q PATH=%q:$PATH\n' "$folder/pbs.conf" "$here/bin"
}

action=${1:-help}
# shellcheck source=demo/own_folder.sh
source "$here/../../../demo/own_folder.sh"
refuse_foreign "${2:-/tmp/remote-tracker-pbs}"
folder=$(realpath -m -- "${2:-/tmp/remote-tracker-pbs}")
case $action in
  up) up ;;
  down) down ;;
  env) environment ;;
  status) alive ;;
  set) "$folder/python" -B -S -E "$here/set.py" "$folder" "$3" "$4" ;;
  help | -h | --help) sed -n '2,/^set /{s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" ;;
  *) sed -n '2,/^set /{s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
