#!/bin/sh
# Say what the other side has:   sh look_around.sh FOLDER [PYTHON]
# Prints lines of "key<tab>value"; nothing is changed but for a file that is made and removed to see whether the disk
# tells upper from lower case. Plain sh: it runs in any login shell there.
folder=$1
wanted=${2:-}
say() { printf '%s\t%s\n' "$1" "$2"; }
fits() { "$1" -c 'import sys, click, rich, yaml, jinja2; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1; }
find_python() {
  known=$(sed -n 's/^python: *"\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' "$folder/.remote-tracker.yml" 2>/dev/null)
  for name in "$wanted" "$known" python3 python3.13 python3.12 python3.11 python3.10 "$(bash -lc 'command -v python3' 2>/dev/null </dev/null | tail -n 1)" \
    "$HOME"/miniforge3 "$HOME"/miniconda3 "$HOME"/mambaforge "$HOME"/anaconda3 "$HOME"/.conda; do
    for one in "$name" "$name/envs/remote-tracker/bin/python" "$name/bin/python3"; do
      one=$(command -v "$one" 2>/dev/null) || continue
      if [ -n "$one" ] && fits "$one"; then "$one" -c 'import sys; print(sys.executable)' && return; fi
    done
    [ -z "$wanted" ] || return
  done
}
say host "$(uname -n)"
say clock "$(date +%s)"
say shell "${SHELL:-}"
say rsync "$(rsync --version 2>/dev/null | sed -n 1p)"
for program in sbatch qsub bsub; do
  command -v "$program" >/dev/null 2>&1 && say scheduler "$program"
done
say python "$(find_python)"
above=$folder
while [ ! -d "$above" ] && [ "$above" != / ] && [ "$above" != . ]; do above=$(dirname -- "$above"); done
say space "$(df -Pk -- "$above" 2>/dev/null | awk 'END {print $(NF - 2)}')"
say files "$(df -Pi -- "$above" 2>/dev/null | awk 'END {print $(NF - 2)}')"
probe=$above/.rt-case-$$
if : 2>/dev/null >"$probe"; then
  say writable yes
  [ ! -e "$above/.RT-CASE-$$" ] || say case same
  rm -f -- "$probe"
fi
[ ! -e "$folder/project.yml" ] || say project yes
[ ! -d "$folder" ] || [ -n "$(find "$folder" -mindepth 1 -maxdepth 1 ! -name .from-home 2>/dev/null | head -n 1)" ] || say empty yes
[ -d "$folder" ] || say empty yes
[ ! -r "$folder/remote_tracker/__init__.py" ] || say version "$(sed -n 's/^__version__ = "\(.*\)"/\1/p' "$folder/remote_tracker/__init__.py")"
say end yes
