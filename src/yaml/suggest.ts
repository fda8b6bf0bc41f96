import { distance } from 'fastest-levenshtein'

/** The candidate that the word was most likely meant to be; undefined when none is near enough to say so. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[-_ ]/g, '')
  const ranked = candidates
    .map((candidate) => ({ candidate, far: difference(plain(word), plain(candidate)) }))
    .sort((a, b) => a.far - b.far)
  const best = ranked[0]
  if (best === undefined) return undefined
  const prefix =
    plain(word).length >= 3 ? candidates.filter((candidate) => plain(candidate).startsWith(plain(word))) : []
  if (best.far > 0 && prefix.length === 1) return prefix[0]
  return best.far <= Math.max(1, Math.floor(Math.max(word.length, best.candidate.length) / 3))
    ? best.candidate
    : undefined
}

/** Letters that differ; letters in another order count as one, so that short words can have that, too. */
function difference(a: string, b: string): number {
  const sorted = (text: string) => [...text].sort().join('')
  return a !== b && sorted(a) === sorted(b) ? 1 : distance(a, b)
}

/** `did you mean X?`, or what there is to choose from. */
export function suggestion(word: string, candidates: readonly string[]): string {
  const match = nearest(word, candidates)
  if (match !== undefined) return `did you mean ${match}?`
  if (candidates.length === 0) return 'remove it'
  return candidates.length <= 25 ? `known here: ${candidates.join(', ')}` : 'remove it or correct its name'
}
