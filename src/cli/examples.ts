import type { Command } from 'commander'

/** Under each command's help: the command line and what it is for. '' is the program itself. */
export const examples: ReadonlyMap<string, readonly (readonly [line: string, purpose: string])[]> = new Map(
  Object.entries({
    '': [
      ['provision', 'make the hosts of ./hosts.yaml a cluster, or repair it'],
      ['provision --inventory prod/hosts.yaml --limit w4', 'add or repair one host'],
      ['provision --output json > run.jsonl', 'one event a line; the last is the summary'],
      ['provision plan', 'what would change, with diffs'],
    ],
    plan: [
      ['provision plan', 'all hosts'],
      ['provision plan --limit role=worker', 'the workers only'],
      ['provision plan --output json | tail -1', 'the summary, for a script'],
    ],
    add: [
      ['provision add w9', 'the host w9 of hosts.yaml becomes a node'],
      ['provision add w10 w11 w12', 'several join side by side'],
    ],
    remove: [
      ['provision remove w4', 'drain it, take it out of the cluster, reset the host'],
      ['provision remove w4 --drain-timeout 30m', 'when its pods take long to leave'],
      ['provision remove --gone w4', 'the host is no more'],
    ],
    run: [
      ['provision run extra.yaml', 'a playbook of your own on all hosts'],
      ['provision run extra.yaml --check', 'what it would change'],
    ],
    reset: [
      ['provision reset --check', 'what would be removed and put back, host by host'],
      ['provision reset w3', 'one host; `provision remove` drains it and takes its node away too'],
      ['provision reset --packages --yes', 'the whole cluster, with what was installed, without a question'],
    ],
    backup: [
      ['provision backup', 'an archive of the cluster, encrypted, on this machine'],
      ['provision backup list', 'what there is'],
      [
        'provision backup verify .provision/prod/backups/prod-20261121-030000Z.tar.age',
        'prove that it can be restored',
      ],
      ['provision backup fetch --output json', "the timer's archives, for cron"],
    ],
    restore: [
      ['provision restore prod-20261121-030000Z.tar.age', 'the cluster of the archive, on the hosts of ./hosts.yaml'],
      ['provision restore --identity key.txt --yes backup.tar.age', 'with the key from elsewhere, without a question'],
    ],
    compile: [
      ['provision compile --host w1', 'read the program before it runs'],
      ['provision compile --host w1 | shellcheck -', 'or have it read'],
    ],
    status: [
      ['provision status', 'how the cluster is'],
      ['provision status --limit role=control-plane', 'quick, of a large cluster'],
      ['provision status --output json', 'for a monitoring job'],
    ],
    support: [
      ['provision support', 'of all hosts'],
      ['provision support cp1 w3 --hours 2', 'of two, and not far back'],
    ],
    addons: [['provision addons', 'what there is, what is on, and in which version']],
    certs: [
      ['provision certs', 'until when all certificates are good'],
      ['provision certs renew', 'new ones where they expire within 30 days, or have'],
    ],
    dashboard: [
      ['provision dashboard', 'where Headlamp is, and a login that reads'],
      ['provision dashboard --admin --for 10m', 'a login that may do everything, not for long'],
      ['provision dashboard --output json', 'one line: url, token, expires'],
    ],
    init: [['provision init', 'answer some questions, get a commented hosts.yaml']],
    lab: [
      ['provision lab up', 'three hosts on this machine, as root'],
      ['provision lab down', 'and away with them'],
    ],
    rebuild: [
      ['provision rebuild', 'look, say what is wrong, save, and mend'],
      ['provision rebuild --from lab-20261121-030000Z.tar.age', 'the disk is gone, a backup is at hand'],
      ['provision rebuild --empty', 'nothing is worth keeping'],
    ],
    completion: [
      ['provision completion bash > /etc/bash_completion.d/provision', 'for all users of bash'],
      ['provision completion zsh > "$' + '{fpath[1]}/_provision"', 'zsh'],
      ['provision completion fish > ~/.config/fish/completions/provision.fish', 'fish'],
    ],
  }),
)

/** Adds the examples to the help of the program and its commands. */
export function addExamples(program: Command): void {
  for (const command of [program, ...program.commands]) {
    const own = examples.get(command === program ? '' : command.name())
    if (own === undefined) continue
    const width = Math.max(...own.map(([line]) => line.length))
    const lines = own.map(([line, purpose]) => `  ${line.padEnd(width)}  ${purpose}`)
    command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`)
  }
}
