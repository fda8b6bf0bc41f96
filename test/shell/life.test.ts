import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { placeTest as it, outline, type Place, shells, textOf, until } from './harness.ts'

/** Programs that do not simply come to their end: deadlines, signals, stops, daemons, cut transfers. */
describe.concurrent.each(shells)('a program under %s', (shell) => {
  const file = (place: Place, name: string) => join(place.work, name)
  /** Not counting a dead process that nobody has buried yet. */
  const alive = (place: Place, name: string) => {
    try {
      return !/\) Z /.test(readFileSync(`/proc/${readFileSync(file(place, name), 'utf8').trim()}/stat`, 'utf8'))
    } catch {
      return false
    }
  }

  it('ends an apply at its deadline, with what it started and what ignores the request', async ({ place }) => {
    const apply = `
      trap '' TERM
      (trap '' TERM; while :; do sleep 0.2; done) & echo $! >"$W/child"
      echo waiting
      wait`
    const program = place.program(shell, [{ check: 'return 1', apply, timeout: 1 }])
    const events = await program.run()
    expect(outline(events)).toEqual(['start t1', 'failed t1 timeout 1', 'end failed'])
    expect(textOf(events, 'log', 't1')).toBe('waiting\n')
    expect(alive(place, 'child')).toBe(false)
  })

  it('says where the limit of an apply is set, and of a check nothing', async ({ place }) => {
    const limits = { timeout: 1, limitedBy: 'timeouts.download' }
    const apply = 'echo pulling r/x:1; sleep 60'
    const events = await place.program(shell, [{ check: 'return 1', apply, ...limits }]).run()
    expect(outline(events)).toEqual(['start t1', 'failed t1 timeout 1', 'end failed'])
    expect(textOf(events, 'log', 't1')).toBe('pulling r/x:1\ngiven up after 1 s (timeouts.download in the inventory)\n')
    const check = place.program(shell, [{ check: 'echo asking; sleep 60', ...limits }], {}, { P_CHECK_SECONDS: '1' })
    expect(textOf(await check.run(), 'log', 't1')).toBe('asking\n')
  })

  it('says so of an apply in the background', async ({ place }) => {
    const apply = 'echo pulling; sleep 60'
    const limits = { timeout: 1, limitedBy: 'timeouts.download', background: true }
    const events = await place.program(shell, [{ check: 'return 1', apply, ...limits }]).run()
    expect(textOf(events, 'log', 't1')).toBe('pulling\ngiven up after 1 s (timeouts.download in the inventory)\n')
  })

  it('ends children that outlive an apply which heeds its deadline', async ({ place }) => {
    const apply = `
      (trap '' TERM; while :; do sleep 0.2; done) & echo $! >"$W/child"
      sleep 60`
    const program = place.program(shell, [{ check: 'return 1', apply, timeout: 1 }])
    expect(outline(await program.run())).toEqual(['start t1', 'failed t1 timeout 1', 'end failed'])
    expect(alive(place, 'child')).toBe(false)
  })

  it('ends a check at its deadline, with what it started', async ({ place }) => {
    const check = 'sleep 60 & echo $! >"$W/child"; sleep 60'
    const program = place.program(shell, [{ check }], {}, { P_CHECK_SECONDS: '1' })
    expect(outline(await program.run())).toEqual(['failed t1 timeout 1', 'end failed'])
    expect(alive(place, 'child')).toBe(false)
  })

  it('ends a background task when another fails', async ({ place }) => {
    const program = place.program(shell, [
      { check: 'return 1', apply: 'echo $$ >"$W/pid"; sleep 60', background: true },
      { check: '[ -e "$W/b" ]', apply: 'until [ -s "$W/pid" ]; do sleep 0.05; done; exit 3' },
    ])
    expect(outline(await program.run())).toEqual(['start t1', 'start t2', 'failed t2 apply 3', 'end failed'])
    expect(alive(place, 'pid')).toBe(false)
  })

  it('stops before the next task when asked to', async ({ place }) => {
    const program = place.program(shell, [
      { check: '[ -e "$W/a" ]', apply: ': >"$P_RUN/stop"; touch "$W/a"' },
      { check: 'true' },
    ])
    expect(outline(await program.run())).toEqual(['start t1', 'changed t1', 'end stopped'])
  })

  it('says that it died when it is terminated', async ({ place }) => {
    const program = place.program(shell, [{ check: 'return 1', apply: 'echo $$ >"$W/pid"; sleep 60' }])
    const child = program.start()
    await until(() => existsSync(file(place, 'pid')) && readFileSync(file(place, 'pid'), 'utf8') !== '')
    child.kill('SIGTERM')
    await new Promise((resolve) => child.once('exit', resolve))
    expect(outline(program.events())).toEqual(['start t1', 'end died'])
    process.kill(Number(readFileSync(file(place, 'pid'), 'utf8')), 'SIGKILL')
  })

  it('still owes the restart after being killed between the change and the restart', async ({ place }) => {
    const change = { check: '[ -e "$W/a" ]', apply: 'touch "$W/a"; kill -KILL "$PPID"', marks: ['docker'] }
    const restart = { check: '! owed docker', apply: 'echo restarted >>"$W/restarts"; settle docker' }
    const killed = place.program(shell, [change, restart])
    await killed.run()
    expect(outline(killed.events())).toEqual(['start t1'])
    const next = place.program(shell, [change, restart])
    expect(outline(await next.run())).toEqual(['ok t1', 'start t2', 'changed t2', 'end done'])
    const last = place.program(shell, [change, restart])
    expect(outline(await last.run())).toEqual(['ok t1', 'ok t2', 'end done'])
    expect(readFileSync(file(place, 'restarts'), 'utf8')).toBe('restarted\n')
  })

  it('lets go of its output although a daemon that a task started lives on', async ({ place }) => {
    const apply = 'sleep 60 & echo $! >"$W/daemon"'
    const program = place.program(shell, [{ check: '[ -e "$W/daemon" ]', apply }])
    const [command = '', ...words] = shell.split(' ')
    const env = { PATH: process.env.PATH, P_STATE: place.state, P_PENDING: place.pending, P_SH: shell, W: place.work }
    const child = spawn(command, [...words, join(program.directory, 'program'), 'run'], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    child.stdout.resume()
    await new Promise((resolve) => child.once('close', resolve))
    expect(alive(place, 'daemon')).toBe(true)
    process.kill(Number(readFileSync(file(place, 'daemon'), 'utf8')), 'SIGKILL')
  })

  it('shows signs of life with the last line that was printed', async ({ place }) => {
    const apply = 'printf "half \\033[1mway\\n"; sleep 60'
    const program = place.program(shell, [{ check: 'return 1', apply, timeout: 7 }])
    const beats = (await program.run()).filter((event) => event.kind === 'beat')
    expect(beats).toEqual([{ kind: 'beat', task: 't1', seconds: 5, line: 'half [1mway' }])
  })

  it('does nothing at all when any part of it is missing at its end', async ({ place }) => {
    const task = { check: 'touch "$W/checked"; return 1', apply: 'touch "$W/applied"', content: 'a\nb\n' }
    const whole = place.program(shell, [task]).text
    const main = whole.lastIndexOf('\nmain() {')
    const tail = Array.from({ length: whole.length - main - 2 }, (_, index) => main + index)
    const rest = Array.from({ length: 40 }, (_, index) => Math.floor((main * index) / 40))
    const cuts = [...rest, ...tail.filter((_, index) => index % 9 === 0), whole.length - 2]
    for (const cut of cuts) {
      const program = place.program(shell, [task])
      writeFileSync(join(program.directory, 'program'), whole.slice(0, cut))
      await program.run()
      expect(program.journal(), `cut at ${cut}`).toBe('')
    }
    expect(existsSync(file(place, 'checked'))).toBe(false)
    expect(existsSync(place.state)).toBe(false)
  })
})
