import { z } from 'zod'

// Zod compiles a function for each object it parses often; here each schema parses once or a few times, and compiling costs more.
z.config({ jitless: true })

export { z }
