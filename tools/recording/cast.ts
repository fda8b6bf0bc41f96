import { readFileSync, writeFileSync } from 'node:fs'

// usage: node tools/recording/cast.ts OUT TIMING CAST SECONDS...
// Makes an asciicast of what script(1) recorded, with scenes of the given lengths: see docs/contributing/recording.md.

const [out = '', timing = '', cast = '', ...lengths] = process.argv.slice(2)

/** Frames of less than so many seconds are joined: viewers see no difference, and the picture stays small. */
const SHORTEST = 0.25
/** The end of each scene stays on the screen for so many seconds. */
const HOLD = 2.5
const prompt = '\u001b[1;32m$'

interface Frame {
  readonly at: number
  readonly text: string
}

/** What the terminal showed, as script(1) wrote it: `DELAY BYTES` a line, and the bytes themselves. */
function recorded(): Frame[] {
  // The first line is script's own.
  const bytes = readFileSync(out)
  let from = bytes.indexOf(0x0a) + 1
  let at = 0
  return readFileSync(timing, 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const [delay = 0, size = 0] = line.split(' ').map(Number)
      at += delay
      from += size
      return { at, text: bytes.subarray(from - size, from).toString('utf8') }
    })
}

/** Each scene begins with a prompt. */
function scenesOf(frames: readonly Frame[]): Frame[][] {
  const scenes: Frame[][] = []
  for (const frame of frames) {
    if (frame.text.includes(prompt) || scenes.length === 0) scenes.push([])
    scenes.at(-1)?.push(frame)
  }
  return scenes
}

/** A scene's frames from a time on: as long as asked for, of which the last seconds show its end. */
function fitted(scene: readonly Frame[], from: number, seconds: number): Frame[] {
  const first = scene[0]?.at ?? 0
  const scale = (seconds - HOLD) / Math.max((scene.at(-1)?.at ?? 0) - first, 0.001)
  return scene.map(({ at, text }) => ({ at: from + (at - first) * scale, text }))
}

function joined(frames: readonly Frame[]): Frame[] {
  const kept: Frame[] = []
  for (const frame of frames) {
    const last = kept.at(-1)
    if (last !== undefined && frame.at - last.at < SHORTEST)
      kept[kept.length - 1] = { at: last.at, text: last.text + frame.text }
    else kept.push(frame)
  }
  return kept
}

const seconds = [...lengths.map(Number), 0]
const starts = seconds.map((_, index) => seconds.slice(0, index).reduce((sum, one) => sum + one, 0))
const frames = joined(
  scenesOf(recorded()).flatMap((scene, index) => fitted(scene, starts[index] ?? 0, seconds[index] ?? HOLD)),
)
const lines = frames.map(({ at, text }) => JSON.stringify([Number(at.toFixed(3)), 'o', text]))
const end = JSON.stringify([starts.at(-1) ?? 0, 'o', ''])
writeFileSync(cast, `${[JSON.stringify({ version: 2, width: 96, height: 24 }), ...lines, end].join('\n')}\n`)
