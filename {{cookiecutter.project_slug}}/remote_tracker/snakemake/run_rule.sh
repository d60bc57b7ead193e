#!/usr/bin/env bash
# Run the job that Snakemake wrote into command.sh beside this file, and write down how it ended (exit).
#   bash run_rule.sh [<batch> <task>]   as a job script calls it
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../../../../../../.." && pwd)
code=0
set +eu # scripts of conda and of modules fail under -e and -u
# shellcheck source=/dev/null
[[ ! -r $project/workspace/activate.sh ]] || source "$project/workspace/activate.sh" </dev/null
bash "$here/command.sh" </dev/null
code=$?
set -eu
printf '%s\n' "$code" >"$here/exit.new" && mv -f "$here/exit.new" "$here/exit"
exit "$code"
