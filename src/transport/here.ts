import { spawn } from 'node:child_process'
import { Duplex, type Readable } from 'node:stream'
import type { Channel, Connection } from './connect.ts'

/**
 * A way to the machine we run on: the same command line and session as over SSH, in a child of ours. It has a process
 * group of its own, so that an interrupt typed at the terminal reaches us alone, and none of our environment, in which
 * there may be secrets. When we are killed its stdin ends, as a lost connection would end it.
 */
export function openHere(): Connection {
  let sent = 0
  let received = 0
  let failure: string | undefined
  const closing: (() => void)[] = []
  let end = (): void => {}
  return {
    exec: (command) =>
      new Promise((resolve, reject) => {
        const { HOME = '/', USER = '', LOGNAME = USER, PATH = '/usr/bin:/bin' } = process.env
        const child = spawn('/bin/sh', ['-c', command], {
          cwd: '/',
          detached: true,
          env: { HOME, USER, LOGNAME, PATH },
          stdio: ['pipe', 'pipe', 'pipe'],
        })
        const channel = joined(child.stdin, child.stdout, child.stderr)
        child.stdin.on('error', () => {}) // its end is told by the child's
        for (const stream of [child.stdout, child.stderr]) {
          stream.on('data', (bytes: Buffer) => {
            received += bytes.length
          })
        }
        channel.on('written', (bytes: number) => {
          sent += bytes
        })
        child.once('error', (error) => {
          failure = error.message
          reject(error)
        })
        child.once('spawn', () => resolve(channel))
        // What it said last is still to be read: the channel closes after that.
        child.once('close', () => {
          if (channel.readableEnded) channel.destroy()
          else channel.once('end', () => channel.destroy())
        })
        channel.once('close', () => {
          for (const listener of closing) listener()
        })
        end = () => {
          child.stdin.destroy()
          // One that does not go must not keep this process alive.
          setTimeout(() => {
            child.stdout.destroy()
            child.stderr.destroy()
            child.unref()
          }, 1000).unref()
        }
      }),
    onClose(listener) {
      closing.push(listener)
    },
    sent: () => sent,
    received: () => received,
    failure: () => failure,
    close: () => end(),
  }
}

/** The pipes of a child as one channel. */
function joined(stdin: NodeJS.WritableStream, stdout: Readable, stderr: Readable): Channel {
  const channel = new Duplex({
    read: () => stdout.resume(),
    write(bytes: Buffer, _encoding, done) {
      channel.emit('written', bytes.length)
      stdin.write(bytes, () => done())
    },
    final(done) {
      stdin.end(() => done())
    },
  })
  stdout.on('data', (bytes: Buffer) => {
    if (!channel.push(bytes)) stdout.pause()
  })
  stdout.on('end', () => channel.push(null))
  return Object.assign(channel, { stderr })
}
