import { InvalidArgumentError, Option, type Command } from 'commander'
import { FatalError } from '../../errors/errors.js'
import { openCodec } from '../../schemas/confluent-codec.js'
import type { CalibrationPublished } from '../../schemas/events.js'
import { sqlString } from '../../stores/clickhouse/sql-string.js'
import type { Warehouse } from '../../stores/clickhouse/warehouse.js'
import { retryRetriable } from '../../stores/kafka/retry-retriable.js'
import { readJoinerProgress } from '../../streams/account.js'
import { LEAST_OUTCOMES, type CalibrationRequest } from '../../streams/behavior/calibration-compute.js'
import { calibrateInWarehouse } from '../../streams/behavior/calibration-in-warehouse.js'
import { topicName, topics } from '../../streams/topics.js'
import type { CommandContext } from '../context.js'
import { timeOption } from '../time-option.js'

/** What a calibration is computed from, judged by, and published to. */
export interface CalibrationParts {
  readonly warehouse: Warehouse
  /** Of every partition of the joiner; -Infinity for one that has none yet. */
  readonly currentWatermarks: () => Promise<readonly number[]>
  readonly publish: (calibration: CalibrationPublished) => Promise<void>
}

interface Flags {
  from: number
  to: number
  effectiveFrom: number
  version: string
  allowPast?: true
  json?: true
}

/** `kinora calibrate`: completion quantiles per duration, from which content labels are computed later. */
export function registerCalibrate(program: Command, context: CommandContext): void {
  program
    .command('calibrate')
    .description('compute completion quantiles per duration from past outcomes, and publish them for later labels')
    .addOption(timeOption('--from <time>', 'outcomes shown from here on').makeOptionMandatory())
    .addOption(timeOption('--to <time>', 'outcomes shown before here').makeOptionMandatory())
    .addOption(timeOption('--effective-from <time>', 'outcomes shown from here on use it').makeOptionMandatory())
    .addOption(new Option('--version <name>', 'what to call it').argParser(parseVersion).makeOptionMandatory())
    .option('--allow-past', 'also when outcomes from then on are labelled already: relabel them to have it take effect')
    .option('--json', 'print the calibration')
    .action(async (flags: Flags) => {
      const { from, to, effectiveFrom: effective_from, version, allowPast = false } = flags
      const calibration = await calibrate({ from, to, effective_from, version }, allowPast, await partsOf(context))
      if (flags.json) console.log(JSON.stringify(calibration))
      else console.log(summary(calibration).join('\n'))
    })
}

/**
 * Computes and publishes one. Throws COMMAND_INVALID when the version exists, or when it would take effect at a time
 * that a watermark has passed: outcomes from then on may be labelled already, without it.
 */
export async function calibrate(
  request: CalibrationRequest,
  allowPast: boolean,
  { warehouse, currentWatermarks, publish }: CalibrationParts,
): Promise<CalibrationPublished> {
  const refusePast = async () => {
    if (!allowPast) refuseEarly(request.effective_from, await currentWatermarks())
  }
  if (request.to <= request.from) throw new FatalError('COMMAND_INVALID', '--to must be after --from')
  await refuseKnown(warehouse, request.version)
  await refusePast()
  const calibration = await calibrateInWarehouse(warehouse, request)
  await refusePast() // computing may have taken minutes
  await publish(calibration)
  return calibration
}

/** Samples name their calibration: two under one name could not be told apart. */
async function refuseKnown(warehouse: Warehouse, version: string): Promise<void> {
  const known = await warehouse.rows(`SELECT 1 FROM calibrations WHERE version = ${sqlString(version)} LIMIT 1`)
  if (known.length > 0)
    throw new FatalError('COMMAND_INVALID', `calibration ${version} exists: choose another --version`)
}

function refuseEarly(effectiveFrom: number, watermarks: readonly number[]): void {
  const latest = Math.max(-Infinity, ...watermarks)
  if (effectiveFrom > latest) return
  const passed = new Date(latest).toISOString()
  throw new FatalError(
    'COMMAND_INVALID',
    `--effective-from must lie after every watermark, and one is at ${passed}. Choose a later time, or give ` +
      '--allow-past and relabel from then on.',
  )
}

function parseVersion(text: string): string {
  if (!/^[\w.-]{1,100}$/.test(text))
    throw new InvalidArgumentError('expected letters, digits, dots, dashes, underscores')
  return text
}

async function partsOf(context: CommandContext): Promise<CalibrationParts> {
  const config = context.config()
  const connections = await context.connect(config, ['kafka', 'clickhouse'])
  return {
    warehouse: await connections.existingWarehouse(),
    currentWatermarks: async () => {
      const admin = connections.kafka().admin()
      await admin.connect()
      try {
        return (await retryRetriable(() => readJoinerProgress(admin, config.namespace))).watermarks
      } finally {
        await admin.disconnect()
      }
    },
    publish: async (calibration) => {
      const codec = await openCodec(config.registry.url)
      const producer = connections.kafka().producer({ idempotent: true })
      await producer.connect()
      try {
        const value = codec.encode('CalibrationPublished', calibration)
        const topic = topicName(config.namespace, topics.calibrations)
        await producer.send({ topic, messages: [{ key: calibration.version, value }] })
      } finally {
        await producer.disconnect()
      }
    },
  }
}

function summary({ version, effective_from, outcomes, bucket_edges_s: edges, grids }: CalibrationPublished): string[] {
  const rows = grids.map((grid, bucket) => {
    const range = `${edges[bucket - 1] ?? 0}–${edges[bucket] ?? '∞'} s`
    return `  ${range.padEnd(12)} ${grid.length > 0 ? spread(grid) : `fewer than ${LEAST_OUTCOMES}: uses all durations`}`
  })
  const effect = `effective for outcomes shown from ${new Date(effective_from).toISOString()}`
  return [`calibration ${version} from ${outcomes} outcomes, ${effect}`, 'completion quantiles by duration:', ...rows]
}

const spread = (grid: readonly number[]): string =>
  [30, 50, 70].map((percent) => `${percent} %: ${grid[percent]!.toFixed(3)}`).join('  ')
