#!/usr/bin/env bash
# Say what this machine has for the tracker:   bash probe.sh [ignored...]
# Reads questions.sh beside it, and workspace/activate.sh as a task does. Prints lines of words with tabs between, each
# behind "rt"; what activate.sh or a program prints stands between them, and is not ours.
# shellcheck disable=SC2154  # questions.sh sets project, folders, and the functions called here
set -uo pipefail
[[ $# -eq 0 || $1 != --help ]] || { sed -n '2,4s/^# \{0,1\}//p' "$0" && exit 0; }
unset CDPATH
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
# shellcheck source=/dev/null
source ./questions.sh
read -r HOSTNAME </proc/sys/kernel/hostname || true

say() { # <word>...: print a line of words; a tab or line break in a word becomes a blank
  local IFS=$'\t' words=("${@//[[:cntrl:]]/ }")
  printf '\nrt\t%s\n' "${words[*]}"
}

ask() { # <what> <n> <bash>: print the exit code, the last line of output and the seconds of the bash
  local said code=0 begun=$SECONDS
  said=$(answer "$3" 2>&1) || code=$?
  said=$(LC_ALL=C grep -av '^[[:space:]]*$' <<<"$said" | tail -n 1)
  if [[ $code -eq 137 && $((SECONDS - begun)) -ge $limit ]]; then said="no answer in $limit s"; fi
  say "$1" "$2" "$code" "${said:0:300}" $((SECONDS - begun))
}

answer() ( # <bash>: run it; after $limit seconds all that it started is killed
  set -m # a process group each
  (set +m && eval "$1") </dev/null &
  asked=$!
  (sleep "$limit" && kill -KILL -- -"$asked") &>/dev/null &
  watch=$!
  set +m
  code=0
  wait "$asked" 2>/dev/null || code=$?
  kill -KILL -- -"$watch" 2>/dev/null
  exit "$code"
)

tell_space() { # <folder>: how much is free in it, in KiB and in files
  local kib files
  kib=$(df -Pk -- "$1" 2>/dev/null | awk 'END {print $(NF - 2)}')
  files=$(df -Pi -- "$1" 2>/dev/null | awk 'END {print $(NF - 2)}')
  say space "$1" "$kib" "$files"
}

tell_printed() { # what activate.sh printed as errors, from descriptor 19; bash names the file in front of its own
  local line
  while IFS= read -r line; do
    if [[ $line == *[![:space:]]* ]]; then say printed "${line:0:300}"; fi
  done < <(head -n 20 <&19)
}

say host "$HOSTNAME" "bash $BASH_VERSION"
if [[ -r $project/workspace/activate.sh ]] && ! fault=$(bash -n -- "$project/workspace/activate.sh" 2>&1); then
  say activate "${fault##*$'\n'}"
fi
trap 'say activate "it ended the look around: it must not call exit"; tell_printed' EXIT
exec 18>&2 2>printed.txt
exec 19<printed.txt
rm -f printed.txt # its descriptors stay: no name that activate.sh could change
set +u
# shellcheck source=/dev/null
[[ ! -r $project/workspace/activate.sh ]] || source "$project/workspace/activate.sh" </dev/null
exec 2>&18 18>&-
trap - EXIT
tell_printed
cd "$project" || exit 1
say modules "${LOADEDMODULES:-}"
say python "$(command -v python)"
set_environment() { :; }
tell_version() { eval "$(contained print_version)" 2>/dev/null; } # as in a task, only its output counts
ask version 0 tell_version
for ((n = 1; n <= needs; n++)); do ask need "$n" "$(contained "need_$n")"; done
while IFS= read -r gpu; do [[ -z $gpu ]] || say gpu "$gpu"; done < <(timeout 20 nvidia-smi --query-gpu=name,memory.total,driver_version --format=csv,noheader 2>/dev/null)
for place in "${folders[@]}" "${TMPDIR:-/tmp}"; do tell_space "$place"; done
say end
