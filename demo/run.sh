#!/usr/bin/env bash
# A whole project from nothing: make it, draw videos, scan, process, scan again, summarize, join, draw, report.
#   demo/run.sh <virtual environment> [<folder to make it in>]
# Without a folder it makes a new one below TMPDIR. What was in the folder's opencv_demo before is replaced.
set -euo pipefail
venv=$1 place=${2:-}
template=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=demo/own_folder.sh
source "$template/demo/own_folder.sh"
if [[ -z $place ]]; then place=$(mktemp -d "${TMPDIR:-/tmp}/remote-tracker-demo.XXXXXX"); fi
make_own_folder "$place"
project=$place/opencv_demo
PATH=$venv/bin:$PATH

say() { if [[ -t 1 ]]; then printf '\n\033[1m$ %s\033[0m\n' "$*"; else printf '\n$ %s\n' "$*"; fi; }
run() { say "$@"; "$@"; }

cd "$place"
if [[ -e $project ]]; then
  [[ -e $project/.drawn || -e $project/RawVideos/.drawn ]] || { echo "$project holds something else than a demo: move it away."; exit 1; }
  rm -rf -- "$project"
fi
run cookiecutter --no-input "$template" project_name=demo cluster=local
run python "$template/demo/draw_videos.py" "$project/RawVideos"
touch "$project/.drawn"
say "echo 'exclude: [\"*.gt.csv\"]' >>project.yml   # the truth that the videos were drawn from"
echo 'exclude: ["*.gt.csv"]' >>"$project/project.yml"

cd "$project/workspace"
run bash get_files2process.sh
run bash process_all.sh
run bash get_files2process.sh

cd "$project/summarizer"
run bash get_cmd2process.sh
run bash process_all.sh
run ./rt join
run ./rt picture
run ./rt report

printf '\nThe tracker beside the truth that the videos were drawn from\n'
python "$template/demo/score.py" "$project"
printf '\nThe results:        %s\nThe joined table:   %s\nA picture a video:  %s\nThe page to open:   %s\n' \
  "$project/Results" "$project/Results/joined/animals.csv" "$project/Results/report/pictures/<day>/<video>.png" \
  "file://$project/Results/report.html"
