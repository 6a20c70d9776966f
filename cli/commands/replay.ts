import { Option, type Command } from 'commander'
import type { Admin, Producer } from 'kafkajs'
import type { Config } from '../../config/config.js'
import { environment } from '../../config/environment.js'
import { accountLines, missing, type TopicAccount } from '../../demo/account.js'
import { styleOf } from '../../demo/style.js'
import type { OnBadLine, ReadOptions } from '../../replay/bad-input.js'
import { inputFile, type InputFile } from '../../replay/input-file.js'
import { readJsonl } from '../../replay/jsonl.js'
import { readKuaiRand } from '../../replay/kuairand.js'
import type { OutgoingRecord } from '../../replay/record.js'
import { endInput, openReplayProducer, sendRecords, type Sent } from '../../replay/send.js'
import { openCodec } from '../../schemas/confluent-codec.js'
import { settle } from '../../streams/settle.js'
import { topicName, topics } from '../../streams/topics.js'
import { topology } from '../../streams/topology.js'
import type { Connections } from '../connections.js'
import type { CommandContext } from '../context.js'
import { awaitLive, prepareTopics, startPlatform, type Platform } from '../platform.js'
import { openProgressLine } from '../progress-line.js'
import { takeStock, differenceOf, type Stock } from '../stock.js'

type Reader = (file: InputFile, options: ReadOptions) => AsyncIterable<OutgoingRecord>

interface ReplayFlags {
  wait: boolean
  onBadLine: OnBadLine
  clock?: 'live' | 'replay'
  json: boolean
}

/** `kinora replay`: events from files, through the same validation and the same streams as live ones. */
export function registerReplay(program: Command, context: CommandContext): void {
  const command = program.command('replay').description('send events from a file through the streams')
  const add = (name: string, about: string, read: Reader) =>
    command
      .command(name)
      .argument('<file>', 'file to read; - is standard input')
      .description(about)
      .option('--wait', 'end the input, wait until everything is processed and stored, and print the account', false)
      .addOption(
        new Option('--on-bad-line <what>', 'what becomes of a line that is no valid event')
          .choices(['stop', 'dead-letter'])
          .default('dead-letter'),
      )
      .addOption(
        new Option('--clock <clock>', 'of the namespace (default: replay, but live in the namespace live)').choices([
          'live',
          'replay',
        ]),
      )
      .option('--json', 'print the account as JSON', false)
      .action((path: string, flags: ReplayFlags) => replay(inputFile(path), read, flags, context))
  add('events', 'send {"topic": …, "value": …} lines', readJsonl)
  add('kuairand', 'send the rows of a KuaiRand log as impressions, clicks and watches', readKuaiRand)
}

async function replay(file: InputFile, read: Reader, flags: ReplayFlags, context: CommandContext): Promise<void> {
  const config = configure(flags, context)
  const logger = context.logger(config)
  const connections = await context.connect(config, ['kafka', 'redis', 'clickhouse'], { start: flags.wait })
  const platform = flags.wait ? await startPlatform(topology, config, connections, logger, context.signal) : undefined
  try {
    if (platform) await awaitLive(platform, context.signal)
    else await prepareTopics(config, connections)
    const clients = await openClients(connections)
    try {
      const task = { config, connections, ...clients, signal: context.signal }
      if (platform) await sendAndSettle(task, platform, file, read, flags)
      else report(await send(task, file, read, flags), config)
    } finally {
      await Promise.allSettled([clients.producer.disconnect(), clients.admin.disconnect()])
    }
  } finally {
    await platform?.stop()
  }
}

/** Without a word about it, a replay goes into a namespace of its own: its times are not those of today. */
function configure({ clock }: ReplayFlags, context: CommandContext): Config {
  const { KINORA_NAMESPACE: named, KINORA_CLOCK: set } = environment()
  const namespace = context.namespace() ?? (named !== undefined && named !== '' ? named : 'replay')
  const usual = namespace === 'live' ? 'live' : 'replay'
  return context.quietConfig({
    KINORA_NAMESPACE: namespace,
    KINORA_CLOCK: clock ?? (set !== undefined && set !== '' ? set : usual),
  })
}

interface Clients {
  readonly admin: Admin
  readonly producer: Producer
}

interface Task extends Clients {
  readonly config: Config
  readonly connections: Connections
  readonly signal: AbortSignal
}

async function openClients(connections: Connections): Promise<Clients> {
  const admin = connections.kafka().admin()
  const [producer] = await Promise.all([openReplayProducer(connections.kafka()), admin.connect()])
  return { admin, producer }
}

async function send(
  { config, producer, signal }: Task,
  file: InputFile,
  read: Reader,
  flags: ReplayFlags,
): Promise<Sent> {
  const line = openProgressLine()
  const codec = await openCodec(config.registry.url)
  const sent = await sendRecords(read(file, { codec, onBadLine: flags.onBadLine }), {
    ...{ producer, namespace: config.namespace, signal },
    onProgress: ({ records }) => line.show(`${records} records sent`),
  })
  line.end()
  signal.throwIfAborted()
  return sent
}

async function sendAndSettle(
  task: Task,
  platform: Platform,
  file: InputFile,
  read: Reader,
  flags: ReplayFlags,
): Promise<void> {
  const { config, admin, producer, connections, signal } = task
  const { namespace } = config
  const line = openProgressLine()
  const settled = (watermark: number) =>
    settle({
      ...{ admin, namespace, streams: platform.running, watermark, signal },
      onProgress: (stream, left) => line.show(`waiting for ${stream}: ${left} records`),
    })
  await settled(-Infinity)
  const before = await takeStock(admin, namespace, await connections.warehouse())
  const sent = await send(task, file, read, flags)
  const watermark = endOf(sent, config)
  const { length: partitions } = await admin.fetchTopicOffsets(topicName(namespace, topics.impressions))
  await endInput({ producer, codec: platform.codec, namespace, partitions, watermark })
  await settled(watermark)
  line.end()
  const after = await takeStock(admin, namespace, await connections.warehouse())
  account(accountsOf(sent, before, after), config, flags.json)
}

/** Past the window of the last event, so that every window closes and every stray reaction is orphaned. */
function endOf({ latestAt }: Sent, { time }: Config): number {
  const latest = Math.min(latestAt ?? 0, Date.now() + time.futureMs)
  return latest + time.windowMs + 1
}

function accountsOf(sent: Sent, before: Stock, after: Stock): TopicAccount[] {
  const invalid = sent.byTopic[topics.deadLetters.name] ?? 0
  const rows = differenceOf(before, after).map((row) => ({ ...row, in: sent.byTopic[row.topic] ?? 0 }))
  const used = rows.filter((row) => row.in > 0)
  if (invalid === 0) return used
  return [
    ...used,
    { topic: '(lines that are no event)', in: invalid, used: 0, duplicate: 0, late: 0, orphan: 0, dead: invalid },
  ]
}

function account(accounts: readonly TopicAccount[], config: Config, json: boolean): void {
  if (json) console.log(JSON.stringify({ namespace: config.namespace, topics: accounts }, null, 2))
  else {
    console.log(accountLines(accounts, styleOf(config.terminal.color && process.stdout.isTTY)).join('\n'))
    console.log(`\nLook further: kinora -n ${config.namespace} outcomes | samples | engagement | dead-letters list`)
  }
  if (accounts.some((each) => missing(each) !== 0)) process.exitCode = 1
}

function report({ records }: Sent, { namespace }: Config): void {
  console.log(`${records} records sent to namespace ${namespace}; its processors take it from here`)
}
