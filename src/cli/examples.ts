import type { Command } from 'commander'

/** Under each command's help: the command line and what it is for. '' is the program itself. */
export const examples: ReadonlyMap<string, readonly (readonly [line: string, purpose: string])[]> = new Map(
  Object.entries({
    '': [
      ['provision', 'apply ./hosts.yaml: create the cluster or repair drift'],
      ['provision --inventory prod/hosts.yaml --limit w4', 'apply to one host'],
      ['provision --output json > run.jsonl', 'one event per line; the last is the summary'],
      ['provision plan', 'preview with diffs'],
    ],
    plan: [
      ['provision plan', 'all hosts'],
      ['provision plan --limit role=worker', 'workers only'],
      ['provision plan --output json | tail -1', 'the summary, for a script'],
    ],
    add: [
      ['provision add w9', 'add host w9 of hosts.yaml'],
      ['provision add w10 w11 w12', 'add several in parallel'],
    ],
    remove: [
      ['provision remove w4', 'drain, remove, reset'],
      ['provision remove w4 --drain-timeout 30m', 'allow more time for draining'],
      ['provision remove --gone w4', 'the host no longer exists'],
    ],
    run: [
      ['provision run extra.yaml', 'run your playbook on all hosts'],
      ['provision run extra.yaml --check', 'preview its changes'],
    ],
    reset: [
      ['provision reset --check', 'preview, host by host'],
      ['provision reset w3', 'one host; `provision remove` also drains it and deletes its Node'],
      ['provision reset --packages --yes', 'the whole cluster and its packages, without confirmation'],
    ],
    backup: [
      ['provision backup', 'create an encrypted archive on this machine'],
      ['provision backup list', 'list archives'],
      ['provision backup verify .provision/prod/backups/prod-20261121-030000Z.tar.age', 'test that it can be restored'],
      ['provision backup fetch --output json', 'download scheduled backups, for cron'],
    ],
    restore: [
      ['provision restore prod-20261121-030000Z.tar.age', 'restore on the hosts of ./hosts.yaml'],
      ['provision restore --identity key.txt --yes backup.tar.age', 'with a given key, without confirmation'],
    ],
    compile: [
      ['provision compile --host w1', 'read the program before it runs'],
      ['provision compile --host w1 | shellcheck -', 'lint it'],
    ],
    status: [
      ['provision status', 'check the whole cluster'],
      ['provision status --limit role=control-plane', 'fast, for large clusters'],
      ['provision status --output json', 'for a monitoring job'],
    ],
    support: [
      ['provision support', 'all hosts'],
      ['provision support cp1 w3 --hours 2', 'two hosts, two hours'],
    ],
    addons: [['provision addons', 'list add-ons and versions']],
    certs: [
      ['provision certs', 'show expiry dates'],
      ['provision certs renew', 'renew certificates that expire within 30 days'],
    ],
    dashboard: [
      ['provision dashboard', 'read-only token'],
      ['provision dashboard --admin --for 10m', 'full access for ten minutes'],
      ['provision dashboard --output json', 'one line: url, token, expires'],
    ],
    init: [['provision init', 'answer questions, get a commented hosts.yaml']],
    lab: [
      ['provision lab up', 'create three hosts, as root'],
      ['provision lab down', 'remove them'],
    ],
    rebuild: [
      ['provision rebuild', 'diagnose, save and rebuild'],
      ['provision rebuild --from lab-20261121-030000Z.tar.age', 'rebuild from a backup'],
      ['provision rebuild --empty', 'create an empty cluster'],
    ],
    completion: [
      ['provision completion bash > /etc/bash_completion.d/provision', 'bash, all users'],
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
