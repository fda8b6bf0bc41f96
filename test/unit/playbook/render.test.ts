import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { UserError } from '../../../src/errors.ts'
import { templateDirectory } from '../../../src/playbook/load.ts'
import { render } from '../../../src/playbook/render.ts'

const scope = { host: { name: 'w1', zone: undefined }, list: ['a', 'b'], html: '<a href="x">&\'', zero: 0, no: false }

const rendered: readonly [string, string, string][] = [
  ['text as it is', 'x = <%= html %>\n', 'x = <a href="x">&\'\n'],
  ['numbers and booleans', '<%= zero %> <%= no %> <%= "" %>.', '0 false .'],
  ['lists by a loop', '<% for (const one of list) { -%>\n- <%= one %>\n<% } -%>\n', '- a\n- b\n'],
  ['json', 'list: <%= json(list) %>\n', 'list: ["a","b"]\n'],
  ['comments away', '<%# a comment -%>\nx\n', 'x\n'],
  ['a literal tag', '<%% x %>', '<% x %>'],
]

describe('a template renders', () => {
  it.each(rendered)('%s', (name, text, expected) => {
    expect(render(text, `${name}.ejs`, scope)).toBe(expected)
  })

  it('anew when its text has changed', () => {
    expect(render('one', 'same.ejs', scope)).toBe('one')
    expect(render('two', 'same.ejs', scope)).toBe('two')
  })
})

/** Template, and the whole of what it is refused with. */
const refused: readonly [string, string, string][] = [
  [
    'undefined',
    'a\nb: <%= host.zone %>\n',
    't.ejs:2:4: host.zone has no value\n  hint: set a value, or omit the line when it has none',
  ],
  ['null', '<%= null %>', 't.ejs:1:1: null has no value\n  hint: set a value, or omit the line when it has none'],
  ['map', '\n\n<%= host %>', 't.ejs:3:1: host is a map\n  hint: print it with json(…)'],
  ['unknown name', 'x\n<%= hots.name %>', 't.ejs:2:1: hots does not exist\n  hint: did you mean host?'],
  [
    'value of undefined',
    '<%= host.zone.name %>',
    "t.ejs:1:1: host.zone.name: Cannot read properties of undefined (reading 'name')\n  hint: check the values of this path: one is missing or has another type",
  ],
  [
    'raw tag',
    'a\n <%- host.name %>',
    't.ejs:2:2: <%- %> is not supported\n  hint: write <%= %>, which does not escape',
  ],
  [
    'open tag',
    'a\nb <%= host.name\n',
    't.ejs:2:3: the template does not compile: Could not find matching close tag for "<%=".\n  hint: close every <% with %>, and every { with }',
  ],
  [
    'open brace',
    '<% if (no) { %>x',
    "t.ejs:1:1: the template does not compile: Unexpected token 'catch'\n  hint: close every <% with %>, and every { with }",
  ],
]

describe('a template is refused', () => {
  it.each(refused)('%s', (_name, text, message) => {
    expect(() => render(text, 't.ejs', scope)).toThrow(new UserError([]).constructor as typeof UserError)
    expect(messageOf(() => render(text, 't.ejs', scope))).toBe(message)
  })
})

function messageOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    return (error as Error).message
  }
  return 'nothing was wrong'
}

/** A node that is called 10, or a token of digits, must not become a number. */
it.each(globSync('{addons,networks,templates}/**/*.yaml.ejs', { cwd: templateDirectory }))(
  '%s writes every value as JSON',
  (name) => {
    const lines = readFileSync(join(templateDirectory, name), 'utf8').split('\n')
    const bare = lines.filter((line) => /^[^#]*: <%= (?!json\()(?:(?!%>).)* %>\s*($|[,}\]])/.test(line))
    expect(bare).toEqual([])
  },
)
