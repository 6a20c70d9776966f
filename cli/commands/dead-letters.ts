import { Option, type Command } from 'commander'
import { FatalError } from '../../errors/errors.js'
import { sqlString } from '../../stores/clickhouse/sql-string.js'
import type { Warehouse } from '../../stores/clickhouse/warehouse.js'
import { topicName, topics } from '../../streams/topics.js'
import type { CommandContext } from '../context.js'

/** A dead letter as the warehouse keeps it; several streams may have given up on the same record. */
interface Letter {
  streams: string[]
  code: string
  reason: string
  topic: string
  partition: number
  offset: number
  received_at: number
  key_base64: string | null
  value_base64: string | null
}

interface Filter {
  code?: string
  topic?: string
  stream?: string
  limit: string
}

/** `kinora dead-letters`: look at records that could not be processed, and send them again once the cause is mended. */
export function registerDeadLetters(program: Command, context: CommandContext): void {
  const command = program.command('dead-letters').description('records that could not be processed')
  filtered(command.command('list').description('list them, newest first').option('--json', 'as JSON lines')).action(
    async ({ json = false, ...filter }: Filter & { json?: boolean }) => {
      for (const letter of await find(await context.openWarehouse(), filter))
        console.log(
          json ? JSON.stringify({ ...letter, key_base64: undefined, value_base64: undefined }) : lineOf(letter),
        )
    },
  )
  command
    .command('show')
    .argument('<position>', 'topic:partition:offset, as listed')
    .description('show one with its bytes')
    .action(async (position: string) => show(await one(await context.openWarehouse(), position)))
  filtered(
    command
      .command('replay')
      .argument('[position...]', 'topic:partition:offset; without any, all that the options select')
      .description('send the original bytes to their topics again'),
  ).action(async (positions: string[], filter: Filter) => {
    const warehouse = await context.openWarehouse()
    const letters =
      positions.length > 0
        ? await Promise.all(positions.map((position) => one(warehouse, position)))
        : await find(warehouse, filter)
    await replay(context, letters)
  })
}

const filtered = (command: Command): Command =>
  command
    .option('--code <code>', 'only with this error code')
    .option('--topic <topic>', 'only from this topic')
    .option('--stream <stream>', 'only those that this stream gave up on')
    .addOption(new Option('--limit <n>', 'at most this many').default('1000'))

async function find(warehouse: Warehouse, { code, topic, stream, limit }: Filter): Promise<Letter[]> {
  const count = Number(limit)
  if (!Number.isInteger(count) || count < 1) throw new FatalError('COMMAND_INVALID', `--limit ${limit}: not a count`)
  const where = Object.entries({ code, topic, stream }).flatMap(([column, value]) =>
    value === undefined ? [] : [`${column} = ${sqlString(value)}`],
  )
  return select(warehouse, where, `ORDER BY received_at DESC, topic, partition, offset LIMIT ${count}`)
}

async function one(warehouse: Warehouse, position: string): Promise<Letter> {
  const [, topic, partition, offset] = /^(.+):(\d+):(\d+)$/.exec(position) ?? []
  if (topic === undefined) throw new FatalError('COMMAND_INVALID', `${position}: expected topic:partition:offset`)
  const where = [`topic = ${sqlString(topic)}`, `partition = ${partition}`, `offset = ${offset}`]
  const [letter] = await select(warehouse, where, '')
  if (!letter)
    throw new FatalError('COMMAND_INVALID', `no dead letter is at ${position}; see: kinora dead-letters list`)
  return letter
}

const select = (warehouse: Warehouse, where: readonly string[], rest: string): Promise<Letter[]> =>
  warehouse.rows<Letter>(`
    SELECT groupUniqArray(stream) AS streams, any(code) AS code, any(reason) AS reason, topic, partition, offset,
      toUnixTimestamp64Milli(max(dead_letters.received_at)) AS received_at,
      any(key_base64) AS key_base64, any(value_base64) AS value_base64
    FROM dead_letters FINAL ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''}
    GROUP BY topic, partition, offset ${rest}`)

const positionOf = ({ topic, partition, offset }: Letter): string => `${topic}:${partition}:${offset}`

const lineOf = (letter: Letter): string =>
  [
    new Date(letter.received_at).toISOString(),
    positionOf(letter).padEnd(32),
    letter.code.padEnd(20),
    letter.streams.sort().join(','),
    letter.reason,
  ].join('  ')

function show(letter: Letter): void {
  const { key_base64, value_base64, ...facts } = letter
  console.log(JSON.stringify(facts, null, 2))
  console.log(`key:   ${key_base64 === null ? 'null' : Buffer.from(key_base64, 'base64').toString()}`)
  console.log(value_base64 === null ? 'value: null' : hexDump(Buffer.from(value_base64, 'base64')))
}

/** Sixteen bytes a line, with their offsets and what is printable of them. */
function hexDump(bytes: Buffer): string {
  const lines = [`value: ${bytes.length} bytes`]
  for (let start = 0; start < bytes.length; start += 16) {
    const row = bytes.subarray(start, start + 16)
    const hex = row.toString('hex').replace(/../g, '$& ')
    lines.push(
      `${start.toString(16).padStart(8, '0')}  ${hex.padEnd(48)} ${row.toString('latin1').replace(/[^ -~]/g, '.')}`,
    )
  }
  return lines.join('\n')
}

async function replay(context: CommandContext, letters: readonly Letter[]): Promise<void> {
  const sendable = letters.flatMap((letter) => {
    const topic = Object.values(topics).find(({ name }) => name === letter.topic)
    return topic ? [{ ...letter, topic }] : []
  })
  const config = context.config()
  const producer = (await context.connect(config, ['kafka'])).kafka().producer({ idempotent: true })
  await producer.connect()
  try {
    // One at a time: they are few, and together they may be more than a request can carry.
    for (const { topic, key_base64, value_base64 } of sendable) {
      context.signal.throwIfAborted()
      const messages = [{ key: bytesOf(key_base64), value: bytesOf(value_base64) }]
      await producer.send({ topic: topicName(config.namespace, topic), messages })
    }
  } finally {
    await producer.disconnect()
  }
  console.log(`sent ${sendable.length} records again`)
  const others = letters.length - sendable.length
  if (others > 0) console.log(`left ${others} that came from a file, not from a topic: mend the file and replay it`)
}

const bytesOf = (base64: string | null): Buffer | null => (base64 === null ? null : Buffer.from(base64, 'base64'))
