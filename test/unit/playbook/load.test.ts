import { describe, expect, it } from 'vitest'
import { UserError } from '../../../src/errors.ts'
import { loadPlaybooks, loadTemplate, readBeside } from '../../../src/playbook/load.ts'

const directory = new URL('beside', import.meta.url).pathname

describe('files that a playbook names', () => {
  it('are found beside it, in its templates, and among ours', () => {
    expect(loadPlaybooks([`${directory}/right.yaml`])[0]?.phases[0]?.tasks).toHaveLength(4)
    expect(loadTemplate('plain.ejs', [directory]).text).toBe('plain <%= host.name %>\n')
    expect(readBeside('data', directory)).toEqual(Buffer.from('data\n'))
  })

  it('are missed before any host is contacted, all at once', () => {
    const problems = problemsOf(() => loadPlaybooks([`${directory}/wrong.yaml`, `${directory}/no-such.yaml`]))
    expect(problems).toEqual([
      ['', 'playbook'],
      ['broken.ejs:2:1', '<%- %> is not supported'],
      ['wrong.yaml:6:27', 'template none.ejs does not exist'],
      ['wrong.yaml:8:23', 'file none does not exist'],
    ])
  })
})

function problemsOf(work: () => unknown): readonly (readonly [string, string])[] {
  try {
    work()
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return error.problems.map(({ source, message }) => [
      source === undefined ? '' : `${source.file.split('/').at(-1)}:${source.line}:${source.column}`,
      message.replace(/ \/.*/, ''),
    ])
  }
  return []
}
