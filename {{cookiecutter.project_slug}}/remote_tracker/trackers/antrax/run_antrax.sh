#!/usr/bin/env bash
# Run a step of anTraX on a movie or an experiment:
#   bash run_antrax.sh <scratch folder> antrax <step> <experiment> --session <session> [<word>...]
# What an earlier run made of this very piece of work is moved into <session>/.aside first: since the exit code says
# nothing, an old file must not pass for a new one. At the end MATLAB's last words go into the task's own log.
# shellcheck disable=SC2034,SC2154  # the part beside it reads and sets these names
set -euo pipefail
shopt -s nullglob
[[ $# -ge 6 && $5 == --session ]] || { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2 && exit 2; }
work=$1 step=$3 session=$4/$6 m='' colony='' i=0
shift
words=("$@")
for word in "$@" ''; do
  case $word in
    --movlist) m=${words[i + 1]} ;;
    --clist) colony=_c_${words[i + 1]} ;;
    --step) step=solve${words[i + 1]} ;;
    --onlystitch) step="link" ;;
    --cfg) config=$((i + 1)) ;;
  esac
  i=$((i + 1))
done
here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
# shellcheck source=/dev/null
source "$here/old_results.sh"
find_old_results
move_aside
case $step in
  track) export OWN_ANTRAX_PATH=$ANTRAX_PATH ANTRAX_PATH=$here/without_links ;;
  link) show_one_session ;;
  dlc) copy_config ;;
esac
code=0
"${words[@]}" || code=$?
[[ $step != track ]] || forget_links
find_old_results # the same names are the new results now
for log in "${logs[@]}"; do
  [[ ! -s $log ]] || { echo "The last lines of $log:" && tail -n 15 "$log"; }
done
exit "$code"
