# shellcheck shell=bash disable=SC2034,SC2154
# What the log of a task says of its last run: who began it, whether that process lives, how it ended; as records/log.py
# reads it. Starts and ends are told from what a program printed by their tokens (task_log.sh).
# Reads: HOSTNAME
# Sets: begun; count_bytes: length of its caller; read_last_run and read_marks: host pid job born began ended of its callers

find_begun() { # <pid>: sets `begun` to when that process began, in clock ticks since the boot; to nothing where it has ended
  local stat='' head words
  begun=''
  { IFS= read -r -d '' stat <"/proc/$1/stat"; } 2>/dev/null || true
  head=${stat:0:100} # in which a program's name ends: a search in all of it takes ten times as long
  # shellcheck disable=SC2206  # a letter, and numbers
  words=(${head##*) }${stat:100}) # before them stands the program's name, whatever is in it
  if [[ ${#words[@]} -ge 20 && ${words[0]} != [ZX] ]]; then begun=${words[19]}; fi
}

find_own_begun() { # sets `begun` to when this process began: a short task asks for no more than that field
  local name=''
  read -r _ name _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ begun _ </proc/self/stat || true
  if [[ $name != '(bash)' ]]; then find_begun "$BASHPID"; fi # a name may hold spaces
}

count_bytes() { # <text>: sets its caller's `length`; to change the locale takes longer than the rest of a start
  local LC_ALL=C
  length=${#1}
}

lives() { # <pid> [<its beginning>]: whether a task's process still runs; its number may be another's by now
  local words=() word mine=$begun
  find_begun "$1"
  word=$begun begun=$mine
  if [[ -z $word || -n ${2:-} ]]; then
    [[ -n $word && $word == "$2" ]]
    return
  fi
  { mapfile -d '' -t words <"/proc/$1/cmdline"; } 2>/dev/null || true # an older version noted no beginning
  if [[ ${words[0]:-} != *bash ]]; then return 1; fi
  for word in "${words[@]:1}"; do
    if [[ $word != -* ]]; then break; fi
  done
  [[ ${word##*/} == run_task.sh ]]
}

is_alive() { # whether the process of read_last_run lives, and is seen from here
  [[ $host == "$HOSTNAME" ]] && lives "$pid" "$born"
}

read_last_run() { # <log>: sets host, pid, job, born (when its process began), began (its token) and ended, a result
  local noted=${1%/*}/begin.${1##*.} size place=''
  host='' pid='' job='' born='' began='' ended=''
  size=$(exec stat -c %s -- "$1") || return 0
  if [[ $size -le 131072 ]]; then
    read_marks "$1" 0 "$size"
    return
  fi
  read_marks "$1" 0 32768 # of a long log the parts with its first start, its last start and the last end
  read -r place 2>/dev/null <"$noted" || true
  if [[ $place =~ ^[1-9][0-9]{0,17}$ ]]; then read_marks "$1" "$place" 32768; fi
  read_marks "$1" "$((size - 65536))" 65536
}

read_marks() { # <log> <byte> <length>: goes through the starts and ends in a part of a log
  local line place end='exit=[0-9]+( program=[0-9]+)? seconds=-?[0-9]+( version=[^ ]*)? result=([a-z]+)'
  local start='^# start [^ ]+ host=([^ ]*) pid=([0-9]+) job=([^ ]*) batch=[^ ]* task=[0-9]+( told=[0-9]+)?( token=(([0-9]*)-[^ ]*))? params='
  while IFS= read -r line; do
    place=$((${line%%:*} + $2)) line=${line#*:}
    if [[ $line =~ $start ]]; then
      if [[ -n ${BASH_REMATCH[6]} && ${BASH_REMATCH[7]:-$place} -eq $place ]] || [[ -z ${BASH_REMATCH[6]}$began ]]; then
        host=${BASH_REMATCH[1]} pid=${BASH_REMATCH[2]} job=${BASH_REMATCH[3]} began=${BASH_REMATCH[6]} ended='' born=''
        line=${line%%' unit='*}
        if [[ $line == *' began='* ]]; then born=${line##*' began='}; fi
      fi
    elif [[ $line =~ "# end "[^\ ]+" ${began:+token=$began }"$end ]]; then
      ended=${BASH_REMATCH[3]}
    fi
  done < <(tail -c "+$(($2 + 1))" -- "$1" | head -c "$3" | LC_ALL=C grep -a -b -e '^# start .* host=' -e '# end .* result=')
}
