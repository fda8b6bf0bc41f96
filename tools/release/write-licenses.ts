import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from '../program.ts'
import { librariesInside, licenseTexts } from './libraries.ts'

writeFileSync(join(repository, 'dist/THIRD-PARTY-LICENSES.txt'), licenseTexts(await librariesInside()))
