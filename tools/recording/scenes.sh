#!/bin/sh
# The scenes of the recording in README.md, for the hosts of ./hosts.yaml: plan, apply, apply again.
# Run by script(1): see docs/contributing/recording.md.
set -eu
stty cols 96 rows 24
# Begins a scene; tools/recording/cast.ts looks for the prompt.
prompt() { printf '\033[1;32m$\033[0m '; }
# scene COMMAND: types a command and runs it.
scene() {
  prompt
  rest=$1
  while [ -n "$rest" ]; do
    printf '%.1s' "$rest"
    rest=${rest#?}
    sleep 0.04
  done
  sleep 0.3
  echo
  eval "$1" || [ $? -eq 3 ]
  sleep 1.5
}
scene 'provision plan | tail -n 6'
scene 'provision'
scene 'provision'
prompt
sleep 1
