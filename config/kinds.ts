import { z } from 'zod'

/** What a person needs to know of one variable beside its value. */
export interface SettingInfo {
  readonly area:
    | 'Kafka'
    | 'Redis'
    | 'ClickHouse'
    | 'Schema registry'
    | 'General'
    | 'Time'
    | 'Topics'
    | 'Runtime'
    | 'Models'
    | 'Terminal'
  /** One sentence: what it does. */
  readonly about: string
  /** What a valid value looks like, completing "expected …". */
  readonly expects: string
  readonly example: string
  /** As one would write it in the environment. */
  readonly default?: string
  /** `value`: never shown. `url`: shown without the password inside. */
  readonly secret?: 'value' | 'url'
}

/** Keeps each variable's description beside its schema. */
export const settingInfo = z.registry<SettingInfo>()

type Described = Omit<SettingInfo, 'expects' | 'default' | 'example'> & { example?: string }

const required = <Value>(schema: z.ZodType<Value, string>, info: SettingInfo & { default: string }) =>
  schema.prefault(info.default).describe(info.about).register(settingInfo, info)

const optional = <Value>(schema: z.ZodType<Value, string>, info: SettingInfo) =>
  schema.optional().describe(info.about).register(settingInfo, info)

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .refine((value) => value >= min && value <= max)

const ranged = (what: string, min: number, max: number) =>
  max === Number.MAX_SAFE_INTEGER ? `${what}, at least ${min}` : `${what} from ${min} to ${max}`

interface Range {
  min?: number
  max?: number
}

/** A duration in milliseconds. */
export const milliseconds = (fallback: string, info: Described, range: Range = {}) => {
  const { min = 1, max = Number.MAX_SAFE_INTEGER } = range
  const expects = ranged('a whole number of milliseconds', min, max)
  return required(wholeNumber(min, max), { example: fallback, ...info, expects, default: fallback })
}

/** A count, or a number of bytes. */
export const count = (fallback: string, info: Described, range: Range = {}) => {
  const { min = 1, max = Number.MAX_SAFE_INTEGER } = range
  const expects = ranged('a whole number', min, max)
  return required(wholeNumber(min, max), { example: fallback, ...info, expects, default: fallback })
}

/** A number that may be left unset. */
export const optionalCount = (info: Described & { example: string }, range: Range = {}) => {
  const { min = 1, max = Number.MAX_SAFE_INTEGER } = range
  return optional(wholeNumber(min, max), { ...info, expects: ranged('a whole number', min, max) })
}

/** true/false, also as 1/0 and yes/no. */
export const flag = (fallback: 'true' | 'false', info: Described) =>
  required(
    z
      .string()
      .toLowerCase()
      .pipe(z.enum(['true', 'false', '1', '0', 'yes', 'no']))
      .transform((value) => value === 'true' || value === '1' || value === 'yes'),
    { example: 'true', ...info, expects: 'true or false', default: fallback },
  )

/** One of a few words. */
export const choice = <const Word extends string>(
  words: readonly [Word, ...Word[]],
  fallback: NoInfer<Word>,
  info: Described,
) => required(z.enum(words), { example: words[0], ...info, expects: oneOf(words), default: fallback })

/** One of a few words, or unset. */
export const optionalChoice = <const Word extends string>(words: readonly [Word, ...Word[]], info: Described) =>
  optional(z.enum(words), { example: words[0], ...info, expects: oneOf(words) })

const oneOf = (words: readonly string[]) => `one of ${words.join(', ')}`

/** Any text that matches. */
export const text = (pattern: RegExp, expects: string, fallback: string, info: Described) =>
  required(z.string().regex(pattern), { example: fallback, ...info, expects, default: fallback })

/** Any text, or unset. */
export const optionalText = (expects: string, info: Described & { example: string }) =>
  optional(z.string(), { ...info, expects })

/** A URL of one of the given protocols (`redis:`), or unset. */
export const url = (protocols: readonly string[], info: Described & { example: string }) =>
  optional(
    z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol)),
    { ...info, secret: 'url', expects: `a URL that starts with ${protocols.map((each) => `${each}//`).join(' or ')}` },
  )

/** Comma-separated host:port pairs, or unset. */
export const addresses = (info: Described & { example: string }) =>
  optional(
    z
      .string()
      .transform((value) => value.split(',').map((part) => part.trim()))
      .refine((parts) => parts.every((part) => /^(\[[0-9a-f:]+\]|[^\s:,/]+):\d{1,5}$/i.test(part))),
    { ...info, expects: 'host:port pairs, separated by commas' },
  )

/** Named counters: `name:count`, separated by commas; a name alone counts once. */
export const namedCounts = (info: Described & { example: string }) =>
  required(
    z
      .string()
      .regex(/^([a-z0-9.-]+(:[1-9]\d{0,8})?(,(?=[a-z0-9])|$))*$/i)
      .transform((value) => (value === '' ? [] : value.split(',')).map(namedCount)),
    { ...info, expects: 'name:count pairs, separated by commas', default: '' },
  )

const namedCount = (part: string) => {
  const [name = '', count = '1'] = part.split(':')
  return { name, count: Number(count) }
}
