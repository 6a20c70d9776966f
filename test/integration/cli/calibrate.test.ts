import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { Command } from 'commander'
import { pino } from 'pino'
import { calibrate, registerCalibrate, type CalibrationParts } from '../../../cli/commands/calibrate.js'
import { createContext, type OwnedContext } from '../../../cli/context.js'
import { prepareTopics } from '../../../cli/platform.js'
import { openCodec } from '../../../schemas/confluent-codec.js'
import type { CalibrationPublished, Outcome } from '../../../schemas/events.js'
import { migrate } from '../../../stores/clickhouse/migrate.js'
import type { Warehouse } from '../../../stores/clickhouse/warehouse.js'
import { computeCalibration } from '../../../streams/behavior/calibration-compute.js'
import type { StreamEnvironment } from '../../../streams/runtime/fold-runner.js'
import { openReferenceTable } from '../../../streams/runtime/reference-table.js'
import { topics } from '../../../streams/topics.js'
import { closedRequest } from '../../helpers/outcomes.js'
import { startTestStack, uniqueNamespace } from '../../helpers/stack.js'

const outcomes: Outcome[] = Array.from({ length: 500 }, (_, i) => {
  const watched_ms = (i * 37) % 10_000
  const { outcomes, ...closed } = closedRequest(
    [{ clicked: true, watched_ms, duration_ms: 10_000, completion: watched_ms / 10_000 }],
    { request_id: `r${i}`, shown_at: i },
  )
  return { ...closed, ...outcomes[0]! }
})
const request = { version: 'c1', effective_from: 1_000, from: 0, to: 400 }

const namespace = uniqueNamespace()
let context: OwnedContext
let warehouse: Warehouse

beforeAll(async () => {
  const { brokers, clickhouseUrl } = await startTestStack({ kafka: true, clickhouse: true })
  process.env['KAFKA_BROKERS'] = brokers
  process.env['CLICKHOUSE_URL'] = clickhouseUrl
  process.env['LOG_LEVEL'] = 'silent'
  context = createContext(() => namespace, new AbortController().signal)
  const connections = await context.connect(context.config(), ['kafka', 'clickhouse'])
  await prepareTopics(context.config(), connections)
  warehouse = await connections.warehouse()
  await migrate(warehouse)
  await warehouse.insert(
    'outcomes',
    outcomes.map((one, i) => ({ ...one, source_partition: 0, source_offset: i })),
  )
})
afterAll(() => context.close())

/** Runs the command line; gives what it printed. */
async function run(...args: string[]): Promise<string> {
  const printed = jest.spyOn(console, 'log').mockImplementation(() => undefined)
  try {
    const program = new Command().exitOverride()
    registerCalibrate(program, context)
    await program.parseAsync(['calibrate', ...args], { from: 'user' })
    return printed.mock.calls.flat().join('\n')
  } finally {
    printed.mockRestore()
  }
}

describe('kinora calibrate', () => {
  it('publishes what the outcomes of the range say, to the topic that labellers read', async () => {
    const args = ['--from', '0', '--to', '400', '--effective-from', '1970-01-01T00:00:01Z', '--version', 'c1', '--json']
    const expected = computeCalibration(outcomes, request)
    expect(JSON.parse(await run(...args))).toEqual(expected)
    const read: CalibrationPublished[] = []
    const table = await openReferenceTable(topics.calibrations, (value) => void read.push(value), {
      kafka: (await context.connect(context.config(), ['kafka'])).kafka(),
      codec: await openCodec(undefined),
      settings: { namespace },
      logger: pino({ level: 'silent' }),
      onFatal: () => undefined,
    } as unknown as StreamEnvironment)
    await table.close()
    expect(read).toEqual([expected])
  })

  const parts = (watermarks: number[], published: CalibrationPublished[] = []): CalibrationParts => ({
    warehouse,
    currentWatermarks: () => Promise.resolve(watermarks),
    publish: (calibration) => Promise.resolve(void published.push(calibration)),
  })

  it.each([
    ['after every watermark', [-Infinity, 999], true],
    ['before the joiner has any', [], true],
    ['at a watermark', [500, 1_000], false],
    ['before one', [500, 1_001], false],
  ])('accepts an effect %s: %j → %s', async (_, watermarks, accepted) => {
    const published: CalibrationPublished[] = []
    const done = calibrate({ ...request, version: 'c2' }, false, parts(watermarks, published))
    if (accepted) await done
    else await expect(done).rejects.toMatchObject({ code: 'COMMAND_INVALID' })
    expect(published).toHaveLength(accepted ? 1 : 0)
  })

  it('refuses when the watermark passed while it computed', async () => {
    const watermarks = [[0], [2_000]]
    const passing = { ...parts([]), currentWatermarks: () => Promise.resolve(watermarks.shift()!) }
    await expect(calibrate({ ...request, version: 'c2' }, false, passing)).rejects.toMatchObject({
      code: 'COMMAND_INVALID',
    })
  })

  it('publishes an effect in the past when that is allowed', async () => {
    const published: CalibrationPublished[] = []
    await calibrate({ ...request, version: 'c2' }, true, parts([5_000], published))
    expect(published.map(({ version }) => version)).toEqual(['c2'])
  })

  it('refuses a version that exists', async () => {
    await warehouse.insert('calibrations', [
      { ...computeCalibration(outcomes, request), version: 'known', source_partition: 0, source_offset: 0 },
    ])
    await expect(calibrate({ ...request, version: 'known' }, true, parts([]))).rejects.toMatchObject({
      code: 'COMMAND_INVALID',
    })
  })

  it('refuses a range without outcomes', async () => {
    await expect(calibrate({ ...request, from: 600, to: 700 }, true, parts([]))).rejects.toMatchObject({
      code: 'POLICY_INVALID',
    })
  })

  it('prints what it found for people', async () => {
    const args = ['--from', '0', '--to', '400', '--effective-from', '1000', '--version', 'c3']
    const text = await run(...args)
    expect(text).toContain('calibration c3 from 400 outcomes')
    expect(text).toMatch(/0–7 s +fewer than 200/)
    expect(text).toMatch(/7–18 s +30 %: 0\.\d{3} {2}50 %/)
  })
})
