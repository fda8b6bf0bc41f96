import { note, settings } from './reference.ts'
import { eventJsonSchema, type JsonSchema } from './schemas.ts'

/** docs/reference/events.md */
export function eventsReference(): string {
  const kinds = (eventJsonSchema() as JsonSchema).oneOf ?? []
  const sections = kinds.map((kind) => {
    const { kind: name, at: _, ...fields } = kind.properties ?? {}
    const summary = name?.description === undefined ? '' : `${name.description}.\n\n`
    return `## ${String(name?.const)}\n\n${summary}${settings({ ...kind, properties: fields })}`
  })
  return `${note}

# Events

\`provision --output json\` prints one event per line. The last line is the event \`summary\`, or \`refused\` if the input is
invalid or the cluster is locked. Each run also stores its events in \`.provision/CLUSTER/runs/RUN/events.jsonl\`.

\`\`\`console
$ provision --output json | tail -1
\`\`\`

Each event has the fields \`kind\` and \`at\`: milliseconds since 1970-01-01 UTC. Later versions may add events and fields. The
JSON Schema is [events.json](../schema/events.json).

${sections.join('\n\n')}
`
}
