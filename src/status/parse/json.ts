import { z } from '../../zod.ts'
import { statusSchema } from '../schema.ts'

/** JSON Schema (2020-12) of what `provision status --output json` prints. */
export function statusJsonSchema(): object {
  return { title: 'What provision status --output json prints', ...z.toJSONSchema(statusSchema) }
}
