# shellcheck shell=bash disable=SC2034,SC2154
# What a task is told: the batch's settings, line n of its list, and the files that belong to it.
# (Each part of run_task.sh sets names that the parts after it read.)

read_batch() { # the batch lies in <project>/<folder>/batches/<batch>
  project=$(cd "$here/../../.." && pwd)
  if ! [[ -r $here/batch.yml ]]; then
    echo "There is no batch $batch in $batches." >&2
    exit 66
  fi
  # shellcheck source=/dev/null
  source "$here/settings.sh"
  [[ $tracker == /* ]] || tracker=$project/$tracker
}

read_task() {
  local task
  mapfile -t -s "$((n - 1))" -n 1 command <"$here/files2process.txt"
  mapfile -t -s "$((n - 1))" -n 1 task <"$here/tasks.txt"
  if [[ ${#task[@]} -eq 0 ]]; then
    echo "Batch $batch has no task $n." >&2
    exit 66
  fi
  globs=() verify=() elsewhere=() stale='' stopped='' killer='' work='' out=$project
  eval "${task[0]}" # bash that the scan wrote and quoted
}

in_project() { if [[ $1 == /* ]]; then printf '%s' "$1"; else printf '%s' "$project/$1"; fi; }

named() { # <name> <name>=<path>...: the path of that name
  local pair
  for pair in "${@:2}"; do
    [[ ${pair%%=*} != "$1" ]] || { printf '%s' "${pair#*=}" && return; }
  done
}
