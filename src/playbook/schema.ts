import { withHint } from '../yaml/explain.ts'
import { z } from '../zod.ts'

const identifier = z
  .string()
  .regex(
    /^[a-z][a-zA-Z0-9-]*$/,
    withHint('is not an id', 'begin with a lower-case letter and use letters, digits and -'),
  )

const phaseId = z
  .string()
  .regex(
    /^[a-z0-9]+(-[a-z0-9]+)*$/,
    withHint('is not the id of a phase', 'use lower-case letters and digits, with - between words'),
  )

const valueName = z
  .string()
  .regex(
    /^[a-z][A-Za-z0-9]*$/,
    withHint('is not a value name', 'begin with a lower-case letter and use letters and digits, such as joinToken'),
  )

/** What to write as one. */
export const aDuration = 'write for example 30s, 5m or 1h'

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()])
const expected = z.union([scalar, z.array(scalar)])

/** What any task may say beside its module. */
export const taskSettings = {
  id: identifier.optional().describe('Name of the task in restartAfter and after'),
  name: z.string().min(1).optional().describe('Title of the task in reports'),
  when: z
    .record(z.string(), z.union([expected, z.record(z.string(), expected)]))
    .optional()
    .describe(
      'Path of a value, to the value or values that it must equal. All must match, and none of the map under not. Evaluated before the run',
    ),
  forEach: z
    .union([
      z.string().regex(/^\$\{[^}]+\}$/, withHint('must be a list or one ${path}', 'write a list, or "${vars.NAME}"')),
      z.array(z.unknown()),
    ])
    .optional()
    .describe('Repeats the task for each value of a list, available as ${item}'),
  output: z
    .strictObject({
      name: valueName.describe('Name of the value'),
      secret: z.boolean().default(false).describe('Redacted in logs and reports'),
      file: z
        .literal(true)
        .optional()
        .describe('The value is the path of a file, which is fetched after the program; for commands that read one'),
    })
    .optional()
    .describe('A value of this task for other hosts'),
  timeout: z
    .string()
    .regex(/^([1-9]\d*[smh]|\$\{[^}]+\})$/, withHint('is not a duration', aDuration))
    .optional()
    .describe('Time limit, such as 5m or ${cluster.timeouts.download}. Default: the limit of the module'),
  restartAfter: z
    .array(z.string())
    .default([])
    .describe('IDs of earlier tasks. When one of them changes the host, this task restarts its service'),
  needs: z.array(z.string()).default([]).describe('Values of other hosts, available to its templates as outputs.NAME'),
  background: z.boolean().default(false).describe('Runs in the background of later tasks'),
  after: z.array(z.string()).default([]).describe('IDs of background tasks to wait for'),
}

export const taskSchema = z.looseObject(taskSettings)

const selector = z
  .union([
    z.literal('all'),
    z.strictObject({
      role: z.enum(['control-plane', 'worker']).optional().describe('Hosts of this role'),
      first: z.boolean().optional().describe('true: only the first of them; false: all except the first'),
      names: z.array(z.string()).min(1).optional().describe('Hosts with these names'),
    }),
  ])
  .describe('Hosts of the phase: all, or by role, first or names')

const phase = z.strictObject({
  id: phaseId
    .optional()
    .describe(
      'What hooks and commands call the phase, unique among playbooks that run together; without it they use the name',
    ),
  name: z.string().min(1).describe('Name of the phase, for reports'),
  hosts: selector,
  onDemand: z.boolean().default(false).describe('Runs only when another host requires one of its outputs'),
  tasks: z
    .array(taskSchema)
    .min(1, withHint('must contain a task', 'add one, or remove the phase'))
    .describe('Tasks, in order'),
})

/** A playbook file; tasks' modules are checked one by one. */
export const playbookSchema = z.strictObject({
  description: z.string().min(1).describe('Purpose, in one sentence'),
  vars: z.record(z.string(), z.unknown()).default({}).describe('Variables of the playbook, available as ${vars.NAME}'),
  phases: z
    .array(phase)
    .min(1, withHint('must contain a phase', 'add - { name: …, hosts: all, tasks: [...] }'))
    .describe('Phases, in order'),
})

export type PlaybookFile = z.output<typeof playbookSchema>
export type TaskFile = PlaybookFile['phases'][number]['tasks'][number]
