#!/usr/bin/env bash
# Train the models of a package that SLEAP's window exported:   bash train_package.sh <zip> <work folder> <models folder>
# Unpacks it, runs its train-script.sh as it stands (whatever command of SLEAP that calls), shows how well the models
# learned, and moves them to the models folder once each of them is whole.
set -euo pipefail
[[ $# -eq 3 ]] || { sed -n '2,4s/^# \{0,1\}//p' "$0" >&2 && exit 2; }
shopt -s nullglob
zip=$1 work=$2 target=$3
here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)

refuse() { echo "${zip##*/}: $1" >&2 && exit "${2:-65}"; }

mkdir -p "$work" "$target"
python -m zipfile -e "$zip" "$work" || refuse "it cannot be unpacked: is it whole?" 66
scripts=("$work"/train-script.sh "$work"/*/train-script.sh)
[[ -s ${scripts[0]:-} ]] || scripts=("${scripts[@]:1}")
[[ -s ${scripts[0]:-} ]] || refuse "it holds no train-script.sh. Export it again in SLEAP: Predict, Run Training, Export Training Job Package." 66
cd "${scripts[0]%/*}"
tr -d '\r' <train-script.sh >train-script.unix.sh # a package exported on Windows has CR LF at line ends
cat train-script.unix.sh
bash -e train-script.unix.sh # -e: end at the first model that cannot be trained

models=(models/*/)
[[ ${#models[@]} -gt 0 ]] || refuse "its train-script.sh ended well and left no folder models/."
python "$here/show_training.py" "${models[@]}"
for model in "${models[@]}"; do
  best=("$model"best*.ckpt "$model"best*.h5)
  [[ -s ${best[0]:-} ]] || refuse "${model%/} has no best.ckpt (of SLEAP 1.3 and 1.4: best_model.h5): it was not trained."
done
mv -- "${models[@]}" "$target"
