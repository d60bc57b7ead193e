#!/usr/bin/env bash
# Unpacks GridEngine into a folder, as SGE_ROOT, and installs the libraries it needs. Called by gridengine_up.sh.
#   gridengine_get.sh FOLDER
set -euo pipefail
folder=$1
packages=(gridengine-common gridengine-client gridengine-master gridengine-exec)
libraries=(libjemalloc2 libmunge2 libhwloc15 libtirpc3 libdb5.3)

find_missing() {
  local library
  for library in "${libraries[@]}"; do
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$library" 2>/dev/null) == installed ]] || printf '%s\n' "$library"
  done
}

get() {
  local missing
  mapfile -t missing < <(find_missing)
  apt-get update -q
  export DEBIAN_FRONTEND=noninteractive
  ((${#missing[@]} == 0)) || apt-get install -y -q --no-install-recommends "${missing[@]}"
  (cd "$new" && apt-get download -q "${packages[@]}")
}

# SGE_ROOT as GridEngine lays it out; its programs look for libraries in ../../lib/ARCH.
lay_out() {
  local package arch
  for package in "$new"/*.deb; do dpkg -x "$package" "$new/all"; done
  mkdir -p "$new"/{bin,lib,utilbin}
  cp -r "$new/all/usr/share/gridengine/." "$new/"
  arch=$("$new/util/arch")
  mv "$new/all/usr/lib/gridengine" "$new/bin/$arch"
  ln -s "../bin/$arch" "$new/lib/$arch"
  ln -s "../bin/$arch" "$new/utilbin/$arch"
  look_beside "$new/bin/$arch"/{sge_qmaster,spoolinit,spooldefaults.bin}
  rm -rf "$new"/*.deb "$new/all"
}

# Debian's build loads its spool library from /usr/lib/gridengine alone: without that prefix, from ../../lib/ARCH.
look_beside() {
  local nothing
  nothing=$(printf '\\x00%.0s' {1..20})
  LC_ALL=C sed -i "s|/usr/lib/gridengine/%s%s|%s%s$nothing|" "$@"
}

[[ ! -d $folder/root ]] || exit 0
new=$folder/root.new log=$folder/get.log
rm -rf "$new" && mkdir -p "$new"
if ! { get && lay_out; } >"$log" 2>&1; then
  echo "gridengine_get.sh: ${packages[*]} could not be had; the end of $log:" >&2
  tail -n 20 "$log" >&2
  exit 1
fi
mv "$new" "$folder/root"
