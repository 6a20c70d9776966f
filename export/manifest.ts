import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Domain } from '../schemas/events.js'
import type { ChunkRecord, SampleCount, TrainingFile } from './chunk.js'
import { fields, type Field } from './fields.js'
import { FORMAT_VERSION, type ExportParameters } from './parameters.js'
import { splitNames, splitRule, type SplitName } from './split.js'
import { writeWhole } from './training-files.js'

/** What a training set is made of. Has no time or host of its making: the same samples give the same bytes. */
export interface Manifest {
  readonly format_version: number
  readonly parameters: ExportParameters
  readonly split_rule: string
  readonly schema: readonly Field[]
  readonly rows: number
  /** Samples per split, domain and grade. */
  readonly counts: Record<SplitName, Partial<Record<Domain, Record<string, number>>>>
  readonly policies: readonly { policy: string; rows: number }[]
  /** Null: labelled without a calibration. */
  readonly calibrations: readonly { calibration: string | null; rows: number }[]
  readonly files: readonly TrainingFile[]
}

/** Sums up the finished chunks, in the order of their numbers. */
export function manifestOf(parameters: ExportParameters, done: readonly ChunkRecord[]): Manifest {
  const chunks = [...done].sort((a, b) => a.chunk - b.chunk)
  const counts = chunks.flatMap((chunk) => chunk.counts)
  return {
    format_version: FORMAT_VERSION,
    parameters,
    split_rule: splitRule,
    schema: fields,
    rows: counts.reduce((sum, { n }) => sum + n, 0),
    counts: countsPerGrade(counts),
    policies: tally(counts, ({ policy }) => policy).map(([policy, rows]) => ({ policy, rows })),
    calibrations: tally(counts, ({ calibration }) => calibration).map(([calibration, rows]) => ({ calibration, rows })),
    files: splitNames.flatMap((split) => chunks.flatMap(({ files }) => files.filter((file) => file.split === split))),
  }
}

function countsPerGrade(counts: readonly SampleCount[]): Manifest['counts'] {
  const sums: Manifest['counts'] = { train: {}, validation: {}, test: {} }
  const ordered = [...counts].sort((a, b) => compare(a.domain, b.domain) || a.grade - b.grade)
  for (const { split, domain, grade, n } of ordered) {
    const grades = (sums[split][domain] ??= {})
    grades[grade] = (grades[grade] ?? 0) + n
  }
  return sums
}

function tally<Key extends string | null>(counts: readonly SampleCount[], keyOf: (count: SampleCount) => Key) {
  const sums = new Map<Key, number>()
  for (const count of counts) sums.set(keyOf(count), (sums.get(keyOf(count)) ?? 0) + count.n)
  return [...sums].sort(([a], [b]) => compare(a ?? '', b ?? ''))
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b))

const manifestPath = (out: string): string => join(out, 'manifest.json')

/** The manifest of a finished training set, or null: it is written last. */
export async function readManifest(out: string): Promise<Manifest | null> {
  try {
    return JSON.parse(await readFile(manifestPath(out), 'utf8')) as Manifest
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

export const writeManifest = (out: string, manifest: Manifest): Promise<void> =>
  writeWhole(manifestPath(out), `${JSON.stringify(manifest, null, 2)}\n`)
