#!/usr/bin/env bash
# Makes the accounts that tests submit to, where they are missing. SLURM_CONF says to which Slurm.
#   slurm_accounts.sh [USER]
# The user (who runs it) gets lab (the default) and other, and the qos normal and quick.
set -euo pipefail
user=${1:-$(id -un)}

has() { [[ $(sacctmgr -n -P show "$@") ]]; }
add() { sacctmgr -i -Q add "$@"; }

has cluster ci || add cluster ci
has qos where name=quick || add qos quick Priority=10
for account in lab other; do
  has account where "name=$account" || add account "$account" Cluster=ci
  has assoc where "account=$account" "user=$user" || add user "$user" "Account=$account" DefaultAccount=lab
done

# Slurm says "nothing modified" (and fails) where it is so already.
if [[ $(sacctmgr -n -P show assoc where account=lab "user=$user" format=QOS) != *quick* ]]; then
  sacctmgr -i -Q modify user where "name=$user" set QOS=normal,quick DefaultAccount=lab
fi
