// Writes one file again and again, and adds lines to another, beside others that do the same.
import { appendLine, replaceFile } from '../../../src/disk/durable.ts'

const [file = '', letter = ''] = process.argv.slice(2)
for (let time = 0; time < 20; time += 1) {
  replaceFile(file, letter.repeat(5000))
  appendLine(`${file}.lines`, `${letter.repeat(400)}\n`)
}
