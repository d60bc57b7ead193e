# shellcheck shell=bash disable=SC2034,SC2154
# Digests of small files: one sha256sum for all. A table of text is read once, for its lines and for its digest.
# Reads: cut project; made; are_small and note_small: paths and stats of note_content
# Sets: entries small; note_small: paths of note_content; read_table: text and held of note_small

small=1048576 # bytes; a file that is not larger is its own sample

are_small() { # whether one run of sha256sum does, for the files of note_content, which `cut` tells: mode, size and times
  local line
  if [[ ${#cut[@]} -gt 100 ]]; then return 1; fi
  for line in "${cut[@]}"; do
    if [[ $line == 4* ]]; then return 1; fi # a folder
    line=${line#* }
    if [[ ${line%% *} -gt $small ]]; then return 1; fi
  done
}

note_small() { # adds a line for each of the caller's `paths` and `made`
  local sums='' rows text='' held='' i role=in path sum
  if [[ ${#made[@]} -eq 1 ]]; then read_table "${made[0]}" "${stats[-1]%% *}"; fi
  if [[ -n $text ]]; then sums=$(exec sha256sum -- "${paths[@]}" - <<<"${text%$'\n'}" 2>/dev/null) || sums=''; fi
  if [[ -z $sums ]]; then sums=$(exec sha256sum -- "${paths[@]}" "${made[@]}" 2>/dev/null) || return 0; fi
  cut_lines "$sums"
  sums=("${cut[@]}")
  paths+=("${made[@]}")
  for i in "${!paths[@]}"; do
    path=${paths[i]} sum=${sums[i]#\\} rows=(-1)
    if [[ $i -ge $((${#paths[@]} - ${#made[@]})) ]]; then role=out; fi
    if [[ $role == out && -n $held ]]; then
      rows=("$held")
    elif is_table "$path"; then
      mapfile -t rows <"$path"
      rows=("${#rows[@]}")
    fi
    path=${path#"$project"/}
    path=${path//\\/\\\\}
    entries+=("$role ${stats[i]} ${sum:0:64} ${sum:0:64} ${rows[0]} ${path//$'\n'/\\n}")
  done
}

is_table() { [[ $1 == *.[ct]sv || $1 == *.txt ]]; }

read_table() { # <path> <bytes>: sets `held` to the number of a small table's lines, and `text` to what it holds, or to nothing
  # where bash might not hold that byte for byte
  local rows IFS=''
  if ! is_table "$1" || [[ $2 -gt 65536 ]]; then return 0; fi
  mapfile rows <"$1"
  held=${#rows[@]} text="${rows[*]}"
  if ! [[ ${#text} -eq $2 && $text == *$'\n' && $text != *[![:print:][:space:]]* ]]; then text=''; fi
}
