# A boot never fails because of this script: OpenRC would run what has failed in one runlevel again in the next. What
# happened is said, and stands in the report. Nothing runs on, so nothing is stopped.

start() {
  is_ready || return 0
  if [ "$stage" = final ]; then
    run_agent 1800 boot --stage final
  else
    run_agent 60 boot --stage local
  fi
  return 0
}
