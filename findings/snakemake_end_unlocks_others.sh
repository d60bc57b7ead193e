#!/usr/bin/env bash
# Two Snakemakes may run in one folder as long as neither makes a file of the other: each has its lock, a file with the
# names. The first to end removes the folder of the locks, and with it the other's. A third that makes the very file that
# is being made is refused before that end, and starts behind it: the same job runs twice at once, into one output.
#   bash findings/snakemake_end_unlocks_others.sh  (needs Python 3.11 or newer, the network; a temporary folder)
# Seen with snakemake 9.27.1: "refused" (LockException) with the other still running, then slow.txt begun 2 times.
# Seen with snakemake 9.1.5: an end removes its own lock alone; slow.txt is begun once.
# Exit code 1 where this is not so any more.
set -euo pipefail
place=$(mktemp -d)
started=()
clear_all() {
  for pid in "${started[@]}"; do kill -KILL -- "-$pid" 2>/dev/null || true; done
  rm -rf -- "$place"
}
trap clear_all EXIT

fail() {
  echo "changed: $1" >&2
  exit 1
}

wait_until() {
  local left=600
  until "$@"; do
    ((left-- > 0)) || fail "waited in vain: $*"
    sleep 0.1
  done
}

begun() { [[ $(grep -c "^$1$" begun 2>/dev/null) -ge $2 ]]; }

has_locks() { [[ -n $(ls .snakemake/locks 2>/dev/null) ]]; }

start() { # a target, in a group of its own
  setsid "$snakemake" --cores 1 "$1" >/dev/null 2>&1 &
  started+=("$!")
}

look_at() { # a version, how often slow.txt is begun
  python3 -m venv "$place/$1"
  "$place/$1/bin/python" -m pip install --quiet --disable-pip-version-check "snakemake==$1"
  snakemake=$place/$1/bin/snakemake
  mkdir "$place/work-$1"
  cd "$place/work-$1"
  cat >Snakefile <<'SNAKEFILE'
rule track:
    output: "{video}.txt"
    shell: "echo {wildcards.video} >>begun; until [ -e go-{wildcards.video} ]; do sleep 0.1; done; echo >{output}"
SNAKEFILE
  start slow.txt
  wait_until begun slow 1
  start other.txt
  local other=$!
  wait_until begun other 1
  if said=$("$snakemake" --cores 1 slow.txt 2>&1); then fail "$1: a second is not refused"; fi
  grep -q LockException <<<"$said" || fail "$1: refused for another reason"
  touch go-other
  wait "$other" || fail "$1: other.txt ends with $?"
  local kept=no
  if has_locks; then kept=yes; fi
  start slow.txt
  local third=$!
  if [[ $2 == 2 ]]; then
    wait_until begun slow 2
  else
    if wait "$third"; then fail "$1: the third is not refused"; fi
  fi
  echo "snakemake $1: behind the end of another a lock is left: $kept; slow.txt begun $(grep -c '^slow$' begun) times"
  [[ $(grep -c '^slow$' begun) == "$2" ]] || fail "$1: not begun $2 times"
}

look_at 9.27.1 2
look_at 9.1.5 1
