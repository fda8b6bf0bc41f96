export type Shell = 'bash' | 'zsh' | 'fish'

/** Each asks `provision __complete -- WORDS...`: lines `WORD<tab>DESCRIPTION`, or the single line `:files`. */
export const completionScripts: Readonly<Record<Shell, string>> = {
  bash: `# bash completion of provision
_provision() {
  local lines line
  COMPREPLY=()
  mapfile -t lines < <("\${COMP_WORDS[0]}" __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [ "\${lines[0]-}" = :files ]; then
    compopt -o default
    return
  fi
  for line in "\${lines[@]}"; do COMPREPLY+=("\${line%%$'\\t'*}"); done
}
complete -F _provision provision
`,
  zsh: `#compdef provision
_provision() {
  local -a lines values shown
  lines=("\${(@f)$("$words[1]" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ $lines[1] == :files ]]; then
    _files
    return
  fi
  [[ -n $lines[1] ]] || return 1
  values=("\${(@)lines%%$'\\t'*}")
  shown=("\${(@)lines/$'\\t'/  }")
  compadd -l -d shown -a values
}
# Loaded by name from $fpath, or sourced.
if [[ $funcstack[1] == _provision ]]; then _provision; else compdef _provision provision; fi
`,
  fish: `# fish completion of provision
function __provision_complete
    set -l words (commandline -opc)
    set -l lines (command $words[1] __complete -- $words[2..] (commandline -ct) 2>/dev/null)
    if test "$lines[1]" = ':files'
        __fish_complete_path (commandline -ct)
    else if test (count $lines) -gt 0
        printf '%s\\n' $lines
    end
end
complete -c provision -f -a '(__provision_complete)'
`,
}
