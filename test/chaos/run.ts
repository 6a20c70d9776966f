import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Admin, Kafka, Producer } from 'kafkajs'
import { messageOf } from '../../errors/errors.js'
import { encode } from '../../schemas/codec.js'
import type { Fault, Scheduled } from './faults.js'
import { lagOf, until } from './lag.js'
import { inputTopics, type Phase } from './log.js'
import { cli, supervise, type Supervised } from './processes.js'
import { countOutcomes } from './read-stores.js'
import { sendLog } from './send-log.js'
import type { Size } from './sizes.js'
import type { Stack } from './stack.js'

/** Every processor of the behavior path, with the topics whose end its group must reach, in flow order. */
const flow: { processor: string; reads: readonly string[] }[] = [
  { processor: 'join-outcomes', reads: inputTopics },
  { processor: 'store-events', reads: inputTopics },
  { processor: 'label-samples', reads: ['search.outcomes'] },
  { processor: 'count-engagement', reads: ['video.engagement.deltas'] },
  { processor: 'store-outcomes', reads: ['search.outcomes'] },
  { processor: 'store-samples', reads: ['training.samples'] },
  { processor: 'store-engagement', reads: ['video.engagement'] },
  { processor: 'serve-engagement', reads: ['video.engagement'] },
  { processor: 'store-unused', reads: ['search.unused'] },
  { processor: 'store-dead-letters', reads: ['dead.letters'] },
]

/** Processors other than the joiner, by the process that runs them: the folds after it, and the sinks. */
const together: Record<string, readonly string[]> = {
  folds: ['label-samples', 'count-engagement'],
  sinks: flow.map(({ processor }) => processor).filter((name) => /^(store|serve)-/.test(name)),
}

export interface RunOptions {
  namespace: string
  size: Size
  stack: Stack
  kafka: Kafka
  admin: Admin
  producer: Producer
  logDir: string
  /** Time settings of the joiner. */
  windowMs: number
  outOfOrdernessMs: number
  faults: readonly Scheduled[]
}

/** The product under fire: its processes, and the log on its way to them while faults happen. */
export class ChaosRun {
  private readonly processes = new Map<string, Supervised>()
  private readonly pending: Scheduled[]
  /** By victim, the end of all its faults so far. */
  private readonly happening = new Map<string, Promise<void>>()
  /** Faults that have begun and whose victims are not back yet. */
  private underWay = 0
  private allSent = false
  /** Why a fault itself failed. */
  private failed: string | undefined

  constructor(private readonly options: RunOptions) {
    this.pending = [...options.faults].sort((a, b) => a.afterRecord - b.afterRecord)
  }

  /** Names of the processes: joiners are numbered from 1. */
  static readonly joiners = (count: number): string[] =>
    Array.from({ length: count }, (_, n) => `join-outcomes-${n + 1}`)
  static readonly others = Object.keys(together)

  async start(): Promise<void> {
    const { logDir, size } = this.options
    await mkdir(logDir, { recursive: true })
    for (const name of ChaosRun.joiners(size.joiners)) await this.startProcess(name, ['join-outcomes'])
    for (const [name, processors] of Object.entries(together)) await this.startProcess(name, processors)
    const wanted = flow.flatMap(({ reads }) => reads.map((topic) => this.topicOf(topic)))
    await this.waitUntil('the topics exist', async () => {
      const existing = await this.options.admin.listTopics()
      return wanted.every((topic) => existing.includes(topic))
    })
  }

  /** Sends all phases, each when the windows that it must find closed are closed, while the planned faults happen. */
  async send(phases: readonly Phase[], outcomesClosedBefore: (time: number) => number): Promise<void> {
    for (const { closedBefore, records } of phases) {
      if (closedBefore !== null) await this.closed(closedBefore, outcomesClosedBefore(closedBefore))
      await sendLog(records, {
        producer: this.options.producer,
        topicOf: (topic) => this.topicOf(topic),
        before: (id) => this.beforeRecord(id),
      })
    }
    this.allSent = true
    await Promise.all(this.happening.values())
  }

  /** Says that no earlier event follows, and returns when everything has been processed everywhere. */
  async finish(watermark: number): Promise<void> {
    const value = encode('WatermarkReached', { watermark })
    for (const topic of inputTopics) {
      const messages = Array.from({ length: this.options.size.partitions }, (_, partition) => ({ partition, value }))
      await this.options.producer.send({ topic: this.topicOf(topic), messages })
    }
    for (const { processor, reads } of flow) {
      await this.waitUntil(`${processor} has processed all of ${reads.join(', ')}`, async () => {
        return (await this.lag(processor, reads)) === 0
      })
    }
  }

  /** Ends all processes in an orderly way. */
  async end(): Promise<void> {
    if (!this.allSent) this.failed ??= 'the run was broken off'
    await Promise.all(this.happening.values())
    await Promise.all([...this.processes.values()].map((process) => process.end()))
  }

  /** By name. */
  get supervised(): Map<string, Supervised> {
    return this.processes
  }

  topicOf(topic: string): string {
    return `${this.options.namespace}.${topic}`
  }

  private async startProcess(name: string, processors: readonly string[]): Promise<void> {
    const { namespace, size, stack, logDir, windowMs, outOfOrdernessMs } = this.options
    const env = {
      KAFKA_BROKERS: stack.brokers,
      REDIS_URL: stack.redisUrl,
      CLICKHOUSE_URL: stack.clickhouseUrl,
      KINORA_CLOCK: 'replay',
      KINORA_WINDOW_MS: String(windowMs),
      KINORA_OUT_OF_ORDERNESS_MS: String(outOfOrdernessMs),
      // A late verdict must come from the log, never from a pause in its sending.
      KINORA_IDLE_MS: String(Math.min(windowMs, 30_000)),
      KINORA_PARTITIONS: String(size.partitions),
      KINORA_SESSION_TIMEOUT_MS: String(size.sessionMs),
      KINORA_DATA_DIR: join(logDir, name),
    }
    const args = ['--namespace', namespace, 'run', ...processors]
    this.processes.set(name, await supervise({ name, script: cli, args, env, logDir, forgiven: 0 }))
  }

  /** Starts the faults that are due, and holds the sender back while the joiners are far behind. */
  private async beforeRecord(id: number): Promise<void> {
    while (this.pending.length > 0 && this.pending[0]!.afterRecord <= id) this.begin(this.pending.shift()!)
    // Slowly, so that a fault meets traffic and the log does not end before the faults do.
    if (this.underWay > 0) await sleep(this.options.size.paceMs)
    await this.waitUntil('the joiners keep up', async () => {
      return (await this.lag('join-outcomes', inputTopics)) <= this.options.size.backlog
    })
  }

  /** Faults of one victim happen one after the other: a kill must not keep another from dying at its failpoint. */
  private begin({ fault, delayMs }: Scheduled): void {
    const victim = fault.kind === 'restart' ? fault.store : fault.process
    this.underWay++
    const happens = (this.happening.get(victim) ?? Promise.resolve())
      .then(() => sleep(delayMs))
      .then(() => this.commit(fault))
      .catch((error: unknown) => void (this.failed ??= messageOf(error)))
      .finally(() => this.underWay--)
    this.happening.set(victim, happens)
  }

  private async commit(fault: Fault): Promise<void> {
    if (fault.kind === 'restart') return this.options.stack.restart(fault.store, fault.awayMs)
    const process = this.processes.get(fault.process)!
    // Killing what has not begun yet would prove nothing.
    await this.ready(process)
    if (fault.kind === 'freeze') {
      process.freeze()
      await sleep(fault.forMs)
      return process.thaw()
    }
    const ends = process.ends.length + (fault.failpoint === undefined ? 1 : 2)
    await process.kill(fault.failpoint)
    const died = () => Promise.resolve(this.allSent || process.ends.length >= ends)
    await this.waitUntil(`${fault.process} has died at ${fault.failpoint ?? 'once'}`, died)
    await this.ready(process)
  }

  private ready(process: Supervised): Promise<void> {
    return this.waitUntil(`${process.name} is ready`, () => process.says('"msg":"ready"'))
  }

  private async closed(time: number, outcomes: number): Promise<void> {
    const { stack, namespace } = this.options
    const database = { url: stack.clickhouseUrl, database: databaseOf(namespace) }
    await this.waitUntil('all earlier windows have closed', async () => {
      const shownUpTo = time - this.options.windowMs
      return (await countOutcomes(database, shownUpTo)) === outcomes
    })
  }

  private lag(processor: string, reads: readonly string[]): Promise<number> {
    return lagOf(
      this.options.admin,
      this.topicOf(processor),
      reads.map((topic) => this.topicOf(topic)),
    )
  }

  private waitUntil(what: string, condition: () => Promise<boolean>): Promise<void> {
    const trouble = () => this.failed ?? [...this.processes.values()].map((process) => process.trouble()).find(Boolean)
    return until(what, condition, { timeoutMs: 120_000, trouble })
  }
}

export const databaseOf = (namespace: string): string => `kinora_${namespace.replaceAll('-', '_')}`

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
