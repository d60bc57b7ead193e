#!/usr/bin/env bash
# Installs what a real Slurm on one machine needs (Debian or Ubuntu, root), without starting any of it.
#   install_slurm.sh
set -euo pipefail
packages=(slurm-wlm slurm-wlm-basic-plugins slurmdbd slurm-wlm-mysql-plugin munge mariadb-server mariadb-client)
policy=/usr/sbin/policy-rc.d

find_missing() {
  local package
  for package in "${packages[@]}"; do
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || printf '%s\n' "$package"
  done
}

# What stood at $policy comes back whatever happens: it belongs to the machine.
keep_daemons_off() {
  if [[ -e $policy && ! -e $policy.kept ]]; then mv -- "$policy" "$policy.kept"; fi
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
}

give_back() {
  rm -f -- "$policy" "$log"
  if [[ -e $policy.kept ]]; then mv -- "$policy.kept" "$policy"; fi
}

install() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q && apt-get install -y -q --no-install-recommends "$@"
}

mapfile -t missing < <(find_missing)
((${#missing[@]})) || exit 0
[[ $EUID == 0 ]] || { echo "install_slurm.sh: not installed: ${missing[*]}; run it as root, or install them" >&2; exit 1; }
log=$(mktemp)
trap give_back EXIT
keep_daemons_off
if ! install "${missing[@]}" >"$log" 2>&1; then
  echo "install_slurm.sh: apt-get could not install ${missing[*]}; the end of what it said:" >&2
  tail -n 20 "$log" >&2
  exit 1
fi
