/** A secret at least this long is looked for anywhere; a shorter one only where it stands alone. */
const shortest = 4
/** Lines of a secret that are shorter are too common to be looked for by themselves. */
const shortestLine = 8
/** Base64 with fewer certain characters would be found in ordinary words. */
const shortestEncoding = 5

/** A longer secret is a document that holds secrets (a kubeconfig, a key): what is secret in it are its long words. */
const longest = 1024
const shortestWord = 24
/** More of them than keys and certificates have: whoever gives a document must not choose how long looking for it takes. */
const mostWords = 400
/** How much of a long word is looked for; what follows it without a break goes with it. */
const prefix = 96

/**
 * Regular expression sources for all the shapes in which a secret may turn up in what programs print: as it is,
 * quoted for a shell or for YAML, escaped for JSON or for a URL, base64 at any alignment and broken into lines,
 * and, where it has several lines, each by itself. None for the empty string.
 */
export function secretPatterns(secret: string): string[] {
  if (secret.trim() === '') return []
  if (secret.length < shortest) return [`(?<![A-Za-z0-9])${escapePattern(secret)}(?![A-Za-z0-9])`]
  if (secret.length > longest) return documentPatterns(secret)
  const literal = new Set([secret, ...literalForms(secret)])
  const lines = secret.split(/\r?\n/).map((line) => line.trim())
  if (lines.length > 1) {
    for (const line of lines.filter((each) => each.length >= shortestLine)) {
      for (const form of [line, ...literalForms(line)]) literal.add(form)
    }
  }
  const trimmed = secret.trim()
  return [...[...literal].map(escapePattern), ...base64Forms(trimmed).map(brokenIntoLines)]
}

/** What the shapes of a secret begin with, for a text that was cut in the middle of one. */
export function secretBeginnings(secret: string): string[] {
  if (secret.length > longest) return documentBeginnings(secret)
  const lines = [secret, ...secret.split(/\r?\n/)].map((line) => line.trim()).filter((line) => line !== '')
  return [...new Set(lines.flatMap((line) => [line, ...literalForms(line), ...base64Forms(line)]))]
}

function documentPatterns(document: string): string[] {
  return documentBeginnings(document).map((form) => `${escapePattern(form)}[A-Za-z0-9+/=_-]*`)
}

function documentBeginnings(document: string): string[] {
  const words = document.split(/\s+/).filter((word) => word.length >= shortestWord)
  return [...new Set(words)]
    .slice(0, mostWords)
    .flatMap((word) => [word.slice(0, prefix), ...base64Forms(word.slice(0, prefix))])
}

function literalForms(text: string): string[] {
  const json = JSON.stringify(text).slice(1, -1)
  const url = encodeURIComponent(text)
  const strict = url.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  return [
    text.replaceAll("'", `'\\''`),
    text.replaceAll("'", "''"),
    text.replace(/["\\$`]/g, '\\$&'),
    json,
    json.replaceAll('/', '\\/'),
    // Go's encoder, which kubectl and kubeadm use, escapes what HTML would mind.
    json.replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`),
    ...[url, strict].flatMap((form) => [
      form,
      form.replaceAll('%20', '+'),
      form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    ]),
  ]
}

/**
 * The characters of its base64 that do not depend on the neighbours, for each of the three places where the
 * secret can begin within a group of three bytes.
 */
function base64Forms(text: string): string[] {
  const bytes = Buffer.from(text)
  return [0, 1, 2].flatMap((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64')
    const certain = encoded.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6))
    if (certain.length < shortestEncoding) return []
    return [certain, certain.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

function brokenIntoLines(text: string): string {
  return [...text].map(escapePattern).join('\\r?\\n?')
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
}
