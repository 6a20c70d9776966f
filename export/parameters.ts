import { FatalError } from '../errors/errors.js'
import type { Domain } from '../schemas/events.js'
import { splitNames, type SplitShares } from './split.js'

export const exportFormats = ['jsonl', 'parquet'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** Of the files and the manifest: grows when a reader of training sets has to change. */
export const FORMAT_VERSION = 1

/** All that decides the bytes of a training set, beside the samples: two runs may share a folder only if it is equal. */
export interface ExportParameters {
  /** The ClickHouse database, one per namespace. */
  readonly database: string
  /** Samples shown in [from, to), epoch ms. */
  readonly from: number
  readonly to: number
  readonly format: ExportFormat
  readonly split: SplitShares
  readonly domains: readonly Domain[]
  readonly policies: readonly string[]
  /** Samples per chunk: the files of one chunk are written, and after a kill written again, together. */
  readonly chunk_rows: number
}

/** Puts the parameters into one order, so that equal ones are equal as JSON. Throws COMMAND_INVALID naming the field. */
export function checkParameters(parameters: ExportParameters): ExportParameters {
  const { database, from, to, format, split, domains, policies, chunk_rows } = parameters
  const refuse = (problem: string): never => {
    throw new FatalError('COMMAND_INVALID', problem)
  }
  if (!Number.isSafeInteger(from) || from < 0) refuse(`from: ${from} is not a time in epoch ms`)
  if (!Number.isSafeInteger(to) || to <= from) refuse(`to: ${to} is not a time after from (${from})`)
  if (splitNames.some((name) => !(split[name] >= 0 && split[name] <= 1))) refuse('split: each share must be 0 to 1')
  if (Math.abs(split.train + split.validation + split.test - 1) > 1e-9) refuse('split: the shares must sum to 1')
  if (domains.length === 0) refuse('domains: at least one is needed')
  if (policies.length === 0) refuse('policies: at least one is needed')
  if (!Number.isSafeInteger(chunk_rows) || chunk_rows < 1) refuse(`chunk_rows: ${chunk_rows} is not a count`)
  const { train, validation, test } = split
  const sorted = <Text extends string>(texts: readonly Text[]): Text[] => [...new Set(texts)].sort()
  return {
    database,
    from,
    to,
    format,
    split: { train, validation, test },
    domains: sorted(domains),
    policies: sorted(policies),
    chunk_rows,
  }
}

/** The names of the settings that differ, with both values; empty when none does. */
export function differences<Settings extends object>(one: Settings, other: Settings): string[] {
  const names = Object.keys(other) as (keyof Settings & string)[]
  return names
    .map((name) => ({ name, was: JSON.stringify(one[name]), is: JSON.stringify(other[name]) }))
    .filter(({ was, is }) => was !== is)
    .map(({ name, was, is }) => `${name} was ${was}, is now ${is}`)
}
