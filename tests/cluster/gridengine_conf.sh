#!/usr/bin/env bash
# Makes the cell of the GridEngine for tests, where there is none, from what the packages bring. Its qmaster is down.
#   gridengine_conf.sh FOLDER
set -euo pipefail
folder=$1
# shellcheck source=tests/cluster/gridengine_daemons.sh
source "$(dirname "${BASH_SOURCE[0]}")/gridengine_daemons.sh"
programs=$SGE_ROOT/bin/$("$SGE_ROOT/util/arch")
host=$(hostname)

# replace FILE KEY VALUE...: the file, with these keys' values
replace() {
  local file=$1 script=""
  shift
  while (($#)); do
    script+="s|^($1[[:space:]]+).*|\\1$2|;"
    shift 2
  done
  sed -E "$script" "$file"
}

# The host, by whichever name its addresses are called: GridEngine refuses what comes from a name unlike its own.
name_host() {
  echo "$host" >"$common/act_qmaster"
  { echo localhost; hostname -f 2>/dev/null || true; } | grep -vxF "$host" | sort -u | paste -s -d ' ' |
    sed "s/^/$host /" >"$common/host_aliases"
}

# Jobs of root are allowed; no job reads its owner's profile, which could be slow or print; and a finished task is in
# the accounting at once instead of within 15 s.
write_configuration() {
  local reporting="accounting=true reporting=false flush_time=00:00:15 accounting_flush_time=00:00:00"
  replace "$SGE_ROOT/default-configuration" execd_spool_dir "$spool/execd" min_uid 0 min_gid 0 mailer /bin/true \
    login_shells none reporting_params "$reporting joblog=false sharelog=00:00:00"
}

write_bootstrap() {
  replace "$SGE_ROOT/default-bootstrap" admin_user none spooling_params "$spool/db" binary_path "$SGE_ROOT/bin" \
    qmaster_spool_dir "$spool/qmaster"
}

fill_spool() {
  "$programs/spoolinit" berkeleydb libspoolb "$spool/db" init
  "$programs/spooldefaults.bin" configuration "$folder/configuration"
  "$programs/spooldefaults.bin" complexes "$SGE_ROOT/util/resources/centry"
  "$programs/spooldefaults.bin" usersets "$SGE_ROOT/util/resources/usersets"
  "$programs/spooldefaults.bin" managers "$(id -un)"
}

mkdir -p "$common" "$spool"/{qmaster/job_scripts,execd,db}
name_host
[[ ! -e $common/bootstrap ]] || exit 0
write_configuration >"$folder/configuration"
write_bootstrap >"$common/bootstrap.new"
cp "$common/bootstrap.new" "$common/bootstrap"
fill_spool || { rm "$common/bootstrap"; exit 1; }
