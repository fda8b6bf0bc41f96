import { nearest } from '../yaml/suggest.ts'
import type { Mistake } from './hosts/explain-address.ts'

/** What is wrong with a time zone; undefined for one that hosts have. */
export function zoneMistake(zone: string): Mistake | undefined {
  if (isZone(zone)) return undefined
  const renamed = oldNames.get(zone)
  if (renamed !== undefined) return ['is an old name, which newer systems lack', `write ${renamed}`]
  return ['is not a time zone', hintFor(zone)]
}

/** Whether hosts know the zone: a name of the tz database, in its own spelling. */
export function isZone(zone: string): boolean {
  return zones().has(zone) || /^Etc\/(UTC|GMT([+-]\d|[+-]1[0-4])?)$/.test(zone)
}

function hintFor(zone: string): string {
  const city = zone.split('/').at(-1)?.toLowerCase().replaceAll(/[ -]/g, '_') ?? ''
  const near = cities.get(city)
  if (near !== undefined) return `did you mean ${near}?`
  if (/^(UTC|GMT)?[+-]?\d{1,2}(:?\d{2})?$|^[A-Z]{3,4}$/i.test(zone))
    return 'write a city, such as Asia/Shanghai, or UTC'
  const all = [...zones()]
  const match = nearest(zone, all) ?? all.find((name) => name.toLowerCase().endsWith(`/${city}`))
  return match === undefined ? 'write a zone such as Asia/Shanghai or UTC' : `did you mean ${match}?`
}

/**
 * Names that the tz database has replaced, and by what. Debian 13 and Ubuntu 24.04 have them in tzdata-legacy only.
 * Source: tz database, file backward.
 */
const oldNames: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'Africa/Asmera': 'Africa/Asmara',
    'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
    'America/Catamarca': 'America/Argentina/Catamarca',
    'America/Coral_Harbour': 'America/Atikokan',
    'America/Cordoba': 'America/Argentina/Cordoba',
    'America/Godthab': 'America/Nuuk',
    'America/Indianapolis': 'America/Indiana/Indianapolis',
    'America/Jujuy': 'America/Argentina/Jujuy',
    'America/Louisville': 'America/Kentucky/Louisville',
    'America/Mendoza': 'America/Argentina/Mendoza',
    'Asia/Calcutta': 'Asia/Kolkata',
    'Asia/Chongqing': 'Asia/Shanghai',
    'Asia/Harbin': 'Asia/Shanghai',
    'Asia/Katmandu': 'Asia/Kathmandu',
    'Asia/Rangoon': 'Asia/Yangon',
    'Asia/Saigon': 'Asia/Ho_Chi_Minh',
    'Atlantic/Faeroe': 'Atlantic/Faroe',
    'Europe/Kiev': 'Europe/Kyiv',
    GB: 'Europe/London',
    Hongkong: 'Asia/Hong_Kong',
    Japan: 'Asia/Tokyo',
    PRC: 'Asia/Shanghai',
    'Pacific/Enderbury': 'Pacific/Kanton',
    'Pacific/Ponape': 'Pacific/Pohnpei',
    'Pacific/Truk': 'Pacific/Chuuk',
    ROC: 'Asia/Taipei',
    ROK: 'Asia/Seoul',
    Singapore: 'Asia/Singapore',
    Turkey: 'Europe/Istanbul',
    'US/Central': 'America/Chicago',
    'US/Eastern': 'America/New_York',
    'US/Mountain': 'America/Denver',
    'US/Pacific': 'America/Los_Angeles',
  }),
)

let known: ReadonlySet<string> | undefined

/** What JavaScript knows, which has some under their old names; asked once, and only where a zone is written. */
function zones(): ReadonlySet<string> {
  known ??= new Set(['UTC', ...Intl.supportedValuesOf('timeZone')].map((name) => oldNames.get(name) ?? name))
  return known
}

/** Cities that no zone is called by, and the zone they are in. */
const cities: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'Asia/Shanghai':
      'beijing peking shenzhen guangzhou hangzhou nanjing wuhan chengdu chongqing chungking xian tianjin suzhou china',
    'Asia/Hong_Kong': 'hongkong',
    'Asia/Kolkata': 'new_delhi delhi mumbai bombay bangalore bengaluru chennai hyderabad india',
    'Asia/Ho_Chi_Minh': 'hanoi saigon',
    'Asia/Tokyo': 'osaka kyoto',
    'Asia/Karachi': 'islamabad',
    'Asia/Dubai': 'abu_dhabi',
    'Asia/Jerusalem': 'tel_aviv',
    'America/Los_Angeles': 'san_francisco seattle san_diego las_vegas portland',
    'America/New_York': 'boston washington miami atlanta philadelphia',
    'America/Chicago': 'dallas houston austin',
    'America/Toronto': 'ottawa',
    'America/Sao_Paulo': 'brasilia rio_de_janeiro',
    'Europe/Berlin': 'munich frankfurt hamburg cologne stuttgart germany',
    'Europe/Rome': 'milan',
    'Europe/Zurich': 'geneva bern',
    'Europe/Madrid': 'barcelona',
    'Europe/Moscow': 'st_petersburg saint_petersburg',
    'Europe/London': 'edinburgh manchester england',
    'Africa/Johannesburg': 'cape_town pretoria',
  }).flatMap(([zone, names]) => names.split(' ').map((name): [string, string] => [name, zone])),
)
