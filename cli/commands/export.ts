import { InvalidArgumentError, Option, type Command } from 'commander'
import { exportTrainingSet, type ExportOptions, type ExportProgress } from '../../export/export-training-set.js'
import { readJournal } from '../../export/journal.js'
import { readManifest, type Manifest } from '../../export/manifest.js'
import { exportFormats, type ExportFormat } from '../../export/parameters.js'
import { splitNames, type SplitShares } from '../../export/split.js'
import type { Domain } from '../../schemas/events.js'
import type { Warehouse } from '../../stores/clickhouse/warehouse.js'
import { labelPolicyNames } from '../../streams/behavior/label-policy.js'
import { timeOption } from '../time-option.js'

/** What the command needs of the program. */
export interface ExportContext {
  openWarehouse(): Promise<Warehouse>
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

interface Flags {
  out: string
  from: number
  to?: number
  format: ExportFormat
  split: SplitShares
  domain: Domain[]
  policy: string[]
  json?: true
}

/** `kinora export`: a training set from the samples of a time range; the same command again goes on after a kill. */
export function registerExport(program: Command, context: ExportContext): void {
  program
    .command('export')
    .description('write a training set: samples, split by query, with a manifest; run again after a kill, it goes on')
    .requiredOption('-o, --out <folder>', 'folder of the training set: new, empty, or of an unfinished export')
    .addOption(timeOption('--from <time>', 'samples shown from here on').default(0, 'the beginning'))
    .addOption(timeOption('--to <time>', 'samples shown before here; default: now, or what an unfinished export has'))
    .addOption(new Option('--format <format>', 'file format').choices(exportFormats).default('jsonl'))
    .addOption(
      new Option('--split <shares>', 'shares of the queries for train, validation and test')
        .argParser(parseSplit)
        .default({ train: 0.8, validation: 0.1, test: 0.1 }, '0.8,0.1,0.1'),
    )
    .addOption(
      new Option('--domain <domain...>', 'domains')
        .choices(['perception', 'content'])
        .default(['perception', 'content']),
    )
    .option('--policy <policy...>', 'label policies', labelPolicyNames())
    .option('--json', 'print the manifest')
    .action(async (flags: Flags) => {
      const manifest = await exportTrainingSet(await optionsOf(flags, context))
      if (flags.json) console.log(JSON.stringify(manifest, null, 2))
      else console.log(summary(flags.out, manifest).join('\n'))
    })
}

async function optionsOf(flags: Flags, context: ExportContext): Promise<ExportOptions> {
  const { out, from, format, split, domain, policy } = flags
  const before = (await readManifest(out)) ?? (await readJournal(out))
  return {
    warehouse: await context.openWarehouse(),
    out,
    from,
    to: flags.to ?? before?.parameters.to ?? Date.now(),
    format,
    split,
    domains: domain,
    policies: policy,
    onProgress,
    signal: context.signal,
  }
}

/** `0.8,0.1,0.1`; that they sum to 1 is checked with the other parameters. */
function parseSplit(text: string): SplitShares {
  const shares = text.split(',').map((share) => (share.trim() === '' ? NaN : Number(share)))
  const [train, validation, test] = shares
  if (train === undefined || validation === undefined || test === undefined || shares.length > 3 || shares.some(isNaN))
    throw new InvalidArgumentError('expected three shares, as in 0.8,0.1,0.1')
  return { train, validation, test }
}

function onProgress({ chunks, chunksDone, rows, rowsDone }: ExportProgress): void {
  if (!process.stderr.isTTY) return
  const end = chunksDone === chunks ? '\n' : ''
  process.stderr.write(`\r${rowsDone} of ${rows} samples, ${chunksDone} of ${chunks} chunks${end}`)
}

function summary(out: string, { rows, counts, files, parameters }: Manifest): string[] {
  const { from, to } = parameters
  const range = `shown from ${new Date(from).toISOString()} to ${new Date(to).toISOString()}`
  const perSplit = splitNames.flatMap((split) =>
    Object.entries(counts[split]).map(([domain, grades]) => {
      const listed = Object.entries(grades).map(([grade, n]) => `grade ${grade}: ${n}`)
      return `  ${split.padEnd(10)}  ${domain.padEnd(10)}  ${listed.join('  ')}`
    }),
  )
  return [`${rows} samples in ${files.length} files under ${out}, ${range}`, ...perSplit]
}
