import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { egress } from './bridge.ts'
import { isAlive, leaderOf, processesOf } from './cgroups.ts'
import { hostDirectory, type Lab, type LabHost, labFiles, prefixLength } from './model.ts'
import { ask } from './program.ts'

/** SIGRTMIN+4, to which systemd answers with a power-off. */
const powerOffSignal = 38
const patienceSeconds = 60

export async function isRunning(host: LabHost): Promise<boolean> {
  return isAlive(host.id)
}

/** Writes down how a host is started; kept beside it, so that it can be turned on again by name alone. */
export async function prepareHost(lab: Lab, host: LabHost, binds: readonly string[]): Promise<void> {
  await writeFile(join(hostDirectory(lab, host), 'settings'), await supervisorSettings(lab, host, binds))
}

/** Starts a host that is off, with its supervisor detached from us; does not wait for it to boot. */
export async function powerOn(lab: Lab, host: LabHost): Promise<void> {
  if (await isRunning(host)) return
  const directory = hostDirectory(lab, host)
  const log = openSync(join(directory, 'console.log'), 'a')
  const supervisor = spawn('sh', [join(labFiles, 'host/supervise.sh'), directory], {
    detached: true,
    cwd: '/',
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  supervisor.unref()
  await until(`${host.name} has started`, async () => (await leaderOf(host.id)) !== undefined)
}

/** Shuts a host down as its power button would, and pulls the plug when it does not follow. */
export async function powerOff(host: LabHost): Promise<void> {
  const leader = await leaderOf(host.id)
  if (leader === undefined) return cutPower(host)
  process.kill(leader, powerOffSignal)
  const off = () => isRunning(host).then((running) => !running)
  if (!(await waitFor(off, patienceSeconds))) await cutPower(host)
}

/** Ends every process of a host at once. */
export async function cutPower(host: LabHost): Promise<void> {
  await until(`${host.name} is off`, async () => {
    const processes = await processesOf(host.id)
    for (const pid of processes) kill(pid)
    return processes.length === 0
  })
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself meanwhile.
  }
}

/** Waits until a host's sshd greets. */
export async function waitForSsh(host: LabHost): Promise<void> {
  await until(`sshd of ${host.name} answers on ${host.address}`, () => answers(host.address, 22, 'data'))
}

/** Waits until something listens on a port of a host. */
export async function waitForPort(host: LabHost, port: number): Promise<void> {
  await until(`${host.name} answers on ${host.address}:${port}`, () => answers(host.address, port, 'connect'))
}

/** Runs a program inside a running host, in all of its namespaces; answers its exit code and output. */
export async function inside(host: LabHost, ...command: string[]) {
  const leader = await leaderOf(host.id)
  if (leader === undefined) throw new Error(`${host.name} is not running`)
  return ask`nsenter -t ${leader} -m -u -i -n -p -C -- ${command}`
}

/** The same for what must not fail: throws with what the program printed. */
export async function insideOrFail(host: LabHost, ...command: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await inside(host, ...command)
  if (exitCode === 0) return stdout
  throw new Error(`${command[0]} failed with ${exitCode} on ${host.name}:\n${stdout}${stderr}`)
}

/** Waits until something holds; throws after a minute. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  if (!(await waitFor(holds, patienceSeconds))) throw new Error(`waited ${patienceSeconds} s in vain until ${what}`)
}

async function waitFor(holds: () => Promise<boolean>, seconds: number): Promise<boolean> {
  const end = performance.now() + seconds * 1000
  while (!(await holds())) {
    if (performance.now() > end) return false
    await pause(200)
  }
  return true
}

/** Whether a port lets us in, or, with `data`, whether what listens there also speaks. */
function answers(address: string, port: number, sign: 'connect' | 'data'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: 2000 })
    const answer = (value: boolean) => () => {
      socket.destroy()
      resolve(value)
    }
    socket.on(sign, answer(true)).on('error', answer(false)).on('timeout', answer(false)).on('close', answer(false))
  })
}

async function supervisorSettings(lab: Lab, host: LabHost, binds: readonly string[]): Promise<string> {
  const { mtu } = await egress()
  const values = {
    ID: host.id,
    LINK: host.id,
    NAME: host.name,
    BRIDGE: lab.bridge,
    MAC: host.mac,
    ADDRESS: host.address,
    PREFIX: prefixLength,
    GATEWAY: lab.gateway,
    MTU: mtu,
    BINDS: binds.join(' '),
  }
  return Object.entries(values)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join('')
}
