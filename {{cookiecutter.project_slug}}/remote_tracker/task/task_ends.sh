# shellcheck shell=bash disable=SC2034,SC2154
# How an end is told: a signal by its name, the last words of what failed, what they lead to.
# Reads: project current
# Sets: nothing

was_signal() { [[ $1 -gt 128 && $1 -le 192 ]]; } # bash: 128 and the signal's number

tell_end() { # <exit code>: prints how the command ended that failed, as far as it said
  local said
  said=$(last_word)
  if was_signal "$1"; then said="killed by signal $(($1 - 128)) ($(kill -l "$1" 2>/dev/null || true))${said:+: $said}"; fi
  printf '%s%s' "$said" "$(tell_place "$said")"
}

tell_place() { # <last word>: a hint where it names a file that lies in the project's folder, while the task started in its own
  local word words
  if [[ $current == "$project" ]]; then return 0; fi
  IFS=$' \t' read -r -a words <<<"$1" || true
  for word in "${words[@]}"; do
    word=${word#[\'\"(]} word=${word%%[\'\"),:;]*}
    if [[ $word == [[:alnum:]_.]*[/.]?* && -e $project/$word ]]; then
      printf ' (%s is in the project, and the task starts in a folder of its own: write {{ project }}/%s, or starts_in: project)' \
        "$word" "$word"
      return 0
    fi
  done
}

tell_death() { # <exit code>: prints how a checker ended that gave no verdict: a verdict is the code 1 and a line
  local said=''
  if [[ $1 -lt 128 ]]; then said=$(last_word); fi # killed it said nothing: the last word is the tracker's
  printf ' (exit code %s)%s' "$1" "${said:+: $said}"
}
