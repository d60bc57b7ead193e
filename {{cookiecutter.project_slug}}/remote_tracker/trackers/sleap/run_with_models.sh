#!/usr/bin/env bash
# Run a command of SLEAP with its trained models:   bash run_with_models.sh <folder> <command> [<word>...]
# The folder is one trained model, or holds several, each in a folder (top-down: centroid and centered_instance). Each
# is known by its training_config.yaml (of 1.3 and 1.4: .json) and put behind the command's words as -m <its folder>.
set -euo pipefail
[[ $# -ge 2 ]] || { sed -n '2,4s/^# \{0,1\}//p' "$0" >&2 && exit 2; }
shopt -s nullglob
top=$1 words=()
shift

refuse() { echo "$1" >&2 && exit 66; }

is_model() { [[ -e $1/training_config.yaml || -e $1/training_config.json ]]; }

folders=("$top"/*/)
! is_model "$top" || folders=("$top")
for folder in "${folders[@]%/}"; do
  is_model "$folder" || continue
  best=("$folder"/best*.ckpt "$folder"/best*.h5)
  [[ -s ${best[0]:-} ]] || refuse "$folder was not trained: it holds no best.ckpt (of SLEAP 1.3 and 1.4: best_model.h5)."
  words+=(-m "$folder")
done
[[ ${#words[@]} -gt 0 ]] || refuse "$top holds no trained model: no training_config.yaml (or .json) in it, nor one folder deeper."
(set -x && : "$@" "${words[@]}") 2>&1 | sed 's/^+* : /+ /' # show the command as a person would type it
exec "$@" "${words[@]}"
