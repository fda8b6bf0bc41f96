const redacted = '[redacted]'

/*
 * The text is of hosts, and of whatever runs on them: none of these patterns may take long on any text. Every repetition is
 * bounded or ends where the next part cannot begin, and none stands beside another that takes the same characters.
 */

/** Characters of a line that are kept: far above what people read. */
const longestLine = 100_000
/** Blanks in a row are told apart up to here. */
const blanks = 64

/** Words in the name of a setting whose value is nobody's business. */
const secretWords =
  'pass(?:word|wd|phrase|code)?|pwd|psk|secret|token|(?:api|access|private|pre[-_]?shared|encryption|signing|master|account)[-_]?key|certificate[-_]?key|credentials?'
/** Names that hold such a word and no secret: where something is kept, or for how long. */
const harmless =
  /(?:file|path|dir|name|namespace|ttl|url|uri|ref|type|kind|mode|policy|version|hash(?:es)?|count|lookup|auth|volume|mount|reviews?|controller|cleaner|signer|go)s?$/i
/** Values that say nothing: words, paths of several parts, variables. */
const plain =
  /^(?:[Tt]rue|[Ff]alse|TRUE|FALSE|null|nil|none|None|""|''|\{\}|\[\]|<nil>|<none>|<unset>|(?:\/[\w.@%+-]+){2,}\/?|\$[A-Z_][A-Z0-9_]*|\$\{[\w.:-]+\}|\$\([\w.-]+\)|\[redacted.*)$/

const start = '(?<![A-Za-z0-9_.-])'
const secretName = `${start}[A-Za-z0-9_.-]{0,200}(?:${secretWords})[A-Za-z0-9_.-]{0,60}`
/** In double quotes, in those of JSON within JSON, in single ones, or a word; what was cut has no second quote. */
const inQuotes = `"(?:[^"\\\\\\n]|\\\\.)*"?|\\\\"(?:[^"\\\\\\n]|\\\\[^"\\\\\\n]|\\\\\\\\(?:\\\\["\\\\])?)*(?:\\\\")?|'(?:[^'\\n]|'')*'?`
const value = `\\$\\{[\\w.:-]{1,200}\\}|${inQuotes}|(?:[^\\s,;}"'\\]]|[,;](?=[^\\s"',;]))+`
const gap = '\\s{0,100}'

type Rule = readonly [pattern: RegExp, replacement: string | ((...match: string[]) => string)]

/** Takes the value out unless the name or the value itself says that it is none. */
const unlessSpared = (whole = '', before = '', name = '', given = ''): string =>
  spared(name, given) ? whole : `${before}${redacted}`

const rules: readonly Rule[] = [
  // Keys, whole; one that lost its end, and one that lost its beginning, when a log was cut.
  [
    /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|$(?![\s\S])|(?=\n[ \t]{0,100}\n))/g,
    '[redacted private key]',
  ],
  [/^[A-Za-z0-9+/=\s\\]{16,}-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----/, '[redacted private key]'],
  [/\bAGE-SECRET-KEY-1[A-Z0-9]+/gi, redacted],
  [
    new RegExp(
      `((?:client-key|client-certificate|certificate-authority)-data["']?${gap}:${gap}["']?)[A-Za-z0-9+/=]+`,
      'g',
    ),
    `$1${redacted}`,
  ],
  // JSON web tokens, bootstrap tokens, keys of clouds and of forges, hashes of passwords.
  [/\beyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]+\.?[A-Za-z0-9_-]*/g, redacted],
  [/(?<![A-Za-z0-9.-])[a-z0-9]{6}\.[a-z0-9]{16}(?![A-Za-z0-9.-])/g, redacted],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, redacted],
  [/\b(?:gh[pousr]_[A-Za-z0-9]{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|AIza[\w-]{30,}|hvs\.[\w-]{20,})/g, redacted],
  [/\$(?:1|2[aby]|5|6|y|apr1)\$[^\s:"']{10,}/g, redacted],
  // What follows the word in a header, whatever it is; also in an array of TOML or JSON.
  [
    new RegExp(
      `\\b((?:proxy-)?authorization(?:\\\\?["'])?${gap}[:=]${gap}(?!${gap}\\[?${gap}(?:\\\\?["'])?\\[redacted)\\[?${gap}(?:\\\\?["'])?)(?:(?:basic|bearer|digest|negotiate)\\s{1,100})?[^\\s"',;\\\\\\]]+`,
      'gi',
    ),
    `$1${redacted}`,
  ],
  [/\b((?:set-)?cookie\s{0,100}:\s{0,100})[^\n"']+/gi, `$1${redacted}`],
  [/\b(bearer\s{1,100})[A-Za-z0-9._~+/=-]{8,}/gi, `$1${redacted}`],
  [/\b((?:Basic|basic|BASIC)\s{1,100})(?=[a-z]{0,40}[A-Z0-9+/=])[A-Za-z0-9+/]{8,}={0,2}/g, `$1${redacted}`],
  // A login in a URL: up to the last @, since passwords hold some. A port is none.
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@]{0,100}:)(?!\d{1,5}(?:[/?#\s"']|$))[^\s"'<>]{1,200}@/gi, `$1${redacted}@`],
  [/(:\/\/)[A-Za-z0-9_-]{20,200}@/g, `$1${redacted}@`],
  // Logins of registries, in JSON and in TOML.
  [
    new RegExp(`(${start}(?:\\\\?["'])?auth(?:\\\\?["'])?${gap}[:=]${gap}(?:\\\\?["']))[^"'\\\\\\n]+`, 'g'),
    `$1${redacted}`,
  ],
  [new RegExp(`(${start}auth${gap}[:=]${gap})[A-Za-z0-9+/]{8,}={0,2}`, 'g'), `$1${redacted}`],
  [/\b(login[ \t]{1,64}\S{1,200}[ \t]{1,64}password[ \t]{1,64})\S+/g, `$1${redacted}`],
  // A variable of a container: its name and its value are on lines, or in fields, of their own.
  [
    new RegExp(
      `(name(?:\\\\?["'])?${gap}:${gap}(?:\\\\?["'])?(${secretName})(?:\\\\?["'])?[\\s,]{0,200}(?:\\\\?["'])?value(?:\\\\?["'])?${gap}:${gap})(${value})`,
      'gi',
    ),
    unlessSpared,
  ],
  // password: x, DB_PASSWORD=x, "password": "x"
  [new RegExp(`((${secretName})(?:\\\\?["'])?${gap}[:=]${gap})(${value})`, 'gi'), unlessSpared],
  // --password x
  [
    new RegExp(
      `((?<![A-Za-z0-9-])--?([A-Za-z0-9-]{0,60}(?:${secretWords})[A-Za-z0-9-]{0,60})\\s{1,100})(${inQuotes}|[^\\s"'-]\\S*)`,
      'gi',
    ),
    unlessSpared,
  ],
  // curl -u user:password, crictl --creds user:password
  [
    /((?<!\S)(?:-[uU]|--(?:proxy-)?user|--(?:src-|dest-)?creds)[ \t=]{0,64}["']?[^\s:"'/]{1,200}:)(?:[^\s"']+)/g,
    `$1${redacted}`,
  ],
  [/((?<!\S)--auth[ \t=]{1,64})\S+/g, `$1${redacted}`],
]

/** Programs that take a password behind a letter, and those letters. Ports that some of them take so go, too. */
const programs =
  /(?<![\w-])(?:mysql\w{0,20}|mariadb[\w-]{0,20}|sshpass|ipmitool|redis-cli|mongo\w{0,20}|ldap\w{1,20}|smbclient|htpasswd|(?:docker|podman|nerdctl|helm registry) login)(?![\w-])/
const letters = new RegExp(`((?<!\\S)-[pPaw][ \\t]{0,64})(${inQuotes}|[^\\s"'-][^\\s]*)`, 'g')

/** A setting whose value is a block of YAML: the lines below it that stand further in. */
const block = new RegExp(
  `^([ \\t]{0,64}(?:- )?)["']?(${secretName})["']?:[ \\t]{0,64}[|>][-+0-9]{0,2}[ \\t]{0,64}$`,
  'i',
)

/**
 * The text without what looks like a secret, whoever wrote it: by the form of keys and tokens, and by the names of settings.
 * It takes out too much rather than too little; what it cannot know is a secret without a name or a form. Takes time in
 * proportion to the text, whatever it is.
 */
export function scrub(text: string): string {
  const readable = withoutBlocks(bounded(text).split('\n'))
    .map((line) => (programs.test(line) ? line.replace(letters, `$1${redacted}`) : line))
    .join('\n')
  return rules.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement as string), readable)
}

/** The text with lines and runs of blanks that are not too long. */
function bounded(text: string): string {
  return text
    .replace(new RegExp(`[ \\t]{${blanks},}`, 'g'), ' '.repeat(blanks))
    .split('\n')
    .map((line) =>
      line.length <= longestLine ? line : `${line.slice(0, longestLine)} [the rest of the line is left out]`,
    )
    .join('\n')
}

function withoutBlocks(lines: readonly string[]): string[] {
  const kept: string[] = []
  let within: number | undefined
  for (const line of lines) {
    const depth = line.length - line.trimStart().length
    if (within !== undefined && (line.trim() === '' || depth > within)) continue
    within = undefined
    kept.push(line)
    const [, indent, name = ''] = block.exec(line.slice(0, 500)) ?? []
    if (indent === undefined || harmless.test(name)) continue
    within = indent.length
    kept.push(`${' '.repeat(indent.length)}  ${redacted}`)
  }
  return kept
}

function spared(name: string, given: string): boolean {
  return harmless.test(name) || plain.test(given.replace(/^\\?["'](.*?)\\?["']$/, '$1') || '""')
}
