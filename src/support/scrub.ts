const redacted = '[redacted]'

/** Words in the name of a setting whose value is nobody's business. */
const secretWords =
  'pass(?:word|wd|phrase)?|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|certificate[-_]?key|credentials?'
/** Names that hold such a word and no secret: where something is kept, or for how long. */
const harmless =
  /(?:file|path|dir|name|namespace|ttl|url|uri|ref|type|kind|mode|policy|version|hash(?:es)?|count|lookup|auth|volume|mount|reviews?|controller|cleaner|signer|go)s?$/i
/** Values that say nothing. */
const plain = /^(?:true|false|null|nil|none|""|''|\{\}|\[\]|<nil>|<none>|<unset>|\/.*|\$\{?\w+\}?.*|\[redacted.*)$/i

type Rule = readonly [pattern: RegExp, replacement: string | ((...match: string[]) => string)]

const rules: readonly Rule[] = [
  // Keys, whole; one that lost its end, and one that lost its beginning, when a log was cut.
  [
    /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$(?![\s\S])|(?=\n\s*\n))/g,
    '[redacted private key]',
  ],
  [/^[A-Za-z0-9+/=\s\\]{16,}-----END [A-Z0-9 ]*PRIVATE KEY-----/, '[redacted private key]'],
  [/\bAGE-SECRET-KEY-1[A-Z0-9]+/gi, redacted],
  [/((?:client-key|client-certificate|certificate-authority)-data["']?\s*:\s*["']?)[A-Za-z0-9+/=]+/g, `$1${redacted}`],
  // JSON web tokens, bootstrap tokens, keys of a cloud.
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.?[A-Za-z0-9_-]*/g, redacted],
  [/(?<![A-Za-z0-9.-])[a-z0-9]{6}\.[a-z0-9]{16}(?![A-Za-z0-9.-])/g, redacted],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, redacted],
  // What follows the word in a header, whatever it is.
  [
    /\b((?:proxy-)?authorization["']?\s*[:=]\s*["']?)(?:(?:basic|bearer|digest|negotiate)\s+)?[^\s"',;]+/gi,
    `$1${redacted}`,
  ],
  [/\b(bearer\s+)[A-Za-z0-9._~+/=-]{8,}/gi, `$1${redacted}`],
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@]{0,100}:)[^\s/@]{1,200}@/gi, `$1${redacted}@`],
  [/(["']auth["']\s*:\s*["'])[^"']+/g, `$1${redacted}`],
  // A variable of a container: its name and its value are on lines, or in fields, of their own.
  [
    new RegExp(
      `(name["']?\\s*:\\s*["']?((?<![A-Za-z0-9_.-])[A-Za-z0-9_.-]{0,200}(?:${secretWords})[A-Za-z0-9_.-]{0,60})["']?\\s*,?\\s*["']?value["']?\\s*:\\s*)("[^"\\n]*"|'[^'\\n]*'|[^\\s,}]+)`,
      'gi',
    ),
    (whole = '', before = '', name = '', value = '') => (spared(name, value) ? whole : `${before}${redacted}`),
  ],
  // password: x, DB_PASSWORD=x, "password": "x"
  [
    new RegExp(
      `(((?<![A-Za-z0-9_.-])[A-Za-z0-9_.-]{0,200}(?:${secretWords})[A-Za-z0-9_.-]{0,60})(?:\\\\?["'])?\\s*[:=]\\s*)(\\\\?"[^"\\n]*"|'[^'\\n]*'|[^\\s,;}"'\\]]+)`,
      'gi',
    ),
    (whole = '', before = '', name = '', value = '') => (spared(name, value) ? whole : `${before}${redacted}`),
  ],
  // --password x
  [
    new RegExp(`((?<![A-Za-z0-9-])--?([A-Za-z0-9-]{0,60}(?:${secretWords})[A-Za-z0-9-]{0,60})\\s+)([^\\s-]\\S*)`, 'gi'),
    (whole = '', before = '', name = '', value = '') => (spared(name, value) ? whole : `${before}${redacted}`),
  ],
]

/**
 * The text without what looks like a secret, whoever wrote it: by the form of keys and tokens, and by the names of settings.
 * It takes out too much rather than too little; what it cannot know is a secret without a name or a form.
 */
export function scrub(text: string): string {
  return rules.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement as string), text)
}

function spared(name: string, value: string): boolean {
  return harmless.test(name) || plain.test(value.replace(/^\\?["'](.*?)\\?["']$/, '$1') || '""')
}
