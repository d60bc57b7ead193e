# shellcheck shell=bash disable=SC2034,SC2154
# Find the files that a step of anTraX makes, and prepare its start; run_antrax.sh sets the names.

find_old_results() { # sets `logs` and `made`
  logs=() made=()
  case $step in
    track)
      logs=("$session/logs/matlab_track_m_$m.log")
      made=("$session"/graphs/{,*/}graph_"$m"_"$m"{,_trjs}.mat "$session"/{images,tracklets}/*_"$m".mat)
      ;;
    link)
      logs=("$session/logs/matlab_link_across_movies.log")
      made=("$session/graphs/cross_movie_links.mat")
      ;;
    classify) made=("$session/labels/autoids_$m.csv") ;;
    solve1) logs=("$session/logs/matlab_solve_m_$m$colony.log") ;;
    solve2) logs=("$session"/logs/matlab_solve_g_*"$colony".log) ;;
    solve3)
      logs=("$session"/logs/matlab_export_m_"$m"{,_c_*}.log)
      made=("$session"/antdata/{,*/}{xy,tracklets_table}_"$m"_"$m".*)
      ;;
    exportxy) made=("$session"/antdata/{,*/}{xy,tracklets_table}_"$m"_"$m"_untagged.*) ;;
    dlc) made=("$session"/deeplabcut*/predictions_"$m".h5) ;;
  esac
}

move_aside() { # nothing is deleted: anTraX itself would
  local path aside
  aside=$session/.aside/$(date +%Y%m%d_%H%M%S).$$
  for path in "${logs[@]}" "${made[@]}"; do
    [[ -e $path ]] || continue
    mkdir -p "$aside${path#"$session"}" && rmdir "$aside${path#"$session"}"
    mv -T -- "$path" "$aside${path#"$session"}"
  done
}

show_one_session() { # MATLAB Runtime takes the newest session when it links, whichever is asked for: it sees no other
  local found=("${words[2]}"/*/parameters/Trck.mat) path
  [[ ${#found[@]} -gt 1 ]] || return 0
  mkdir -p "$work/${words[2]##*/}"
  for path in "${words[2]}"/*; do
    [[ -e $path/parameters/Trck.mat && $path != "$session" ]] || ln -s "$path" "$work/${words[2]##*/}/"
  done
  words[2]=$work/${words[2]##*/}
}

copy_config() { # anTraX writes the folder into config.yaml, and all tasks would at once: each task gets its own copy
  local folder=${words[config]%/*}
  mkdir -p "$work/dlc"
  ln -s "$folder"/* "$work/dlc/"
  rm "$work/dlc/${words[config]##*/}" && cp -- "${words[config]}" "$work/dlc/"
  words[config]=$work/dlc/${words[config]##*/}
}

forget_links() { # a movie was tracked anew: where links are there, the log stays and tells the stage link that they are old
  [[ -e $session/graphs/cross_movie_links.mat ]] || rm -f -- "$session/logs/matlab_link_across_movies.log"
}
