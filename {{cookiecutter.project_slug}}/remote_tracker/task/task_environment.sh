# shellcheck shell=bash disable=SC2034,SC2154
# What the user's activate.sh brings.

load_environment() { # conda and modules do not survive `set -eu`; what activate.sh sets must not be taken for ours
  local IFS=$IFS n=$n out=$out work=$work mode=$mode place=$place project=$project tracker=$tracker profile=$profile unit=$unit
  local stage=$stage here=$here batch=$batch version='' program='' params=$params helper=$helper deep=$deep start=("${start[@]}")
  local scratch=$scratch exit_ok=$exit_ok container=("${container[@]}") ready=${ready:-} code=0 fault='' made=() stale=$stale verify=("${verify[@]}") killer=''
  local inputs=("${inputs[@]}") outputs=("${outputs[@]}") globs=("${globs[@]}") command=$command
  doing='workspace/activate.sh ended the task: it must not call exit'
  set +eu
  # shellcheck source=/dev/null
  [[ ! -r $project/workspace/activate.sh ]] || source "$project/workspace/activate.sh" </dev/null
  set +f -eu
  set_environment
  doing='run_task.sh itself failed'
}

find_version() { # sets `version`: what the tracker says of itself, as one word
  version=$( (cd "$project" && set +eu && eval "$(contained print_version)") </dev/null 2>/dev/null |
    LC_ALL=C awk '{last = $0} END {gsub(/[^!-~]/, "_", last); print substr(last, 1, 60)}') || true
}
