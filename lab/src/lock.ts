import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../../src/errors.ts'
import { cacheRoot } from './model.ts'

/**
 * Runs a job while nobody else on this machine holds the lock of that name.
 * The lock is held by a child that ends with us, however we end: a crash leaves no lock behind.
 */
export async function withLock<T>(name: string, wait: boolean, job: () => Promise<T>): Promise<T> {
  const directory = join(cacheRoot(), 'locks')
  await mkdir(directory, { recursive: true })
  const mode = wait ? [] : ['--nonblock']
  const holder = spawn('flock', [...mode, '--no-fork', join(directory, name), 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [first] = await Promise.race([once(holder.stdout, 'data'), once(holder, 'close')])
  if (!Buffer.isBuffer(first)) {
    throw new UserError(`another \`provision lab\` command is at work on the lab ${name}`, 'wait until it ends')
  }
  try {
    return await job()
  } finally {
    holder.stdin.end()
    await once(holder, 'close')
  }
}
