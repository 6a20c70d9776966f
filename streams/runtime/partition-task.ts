import type { Admin, Batch, Kafka } from 'kafkajs'
import type { Logger } from 'pino'
import { messageOf } from '../../errors/errors.js'
import type { Failpoints } from './failpoints.js'
import { FoldEngine, type EngineSettings, type RawRecord } from './fold-engine.js'
import type { Topic } from '../topics.js'
import type { Fold } from './fold.js'
import type { StreamMetrics } from './metrics.js'
import { PartitionCommits } from './partition-commits.js'
import { beginningOf, readOffsets } from './partition-offsets.js'
import { reachOf } from './reach.js'
import { planTakeover, stateLost, type Takeover } from './takeover.js'
import { Transactor } from './transactor.js'

/** What a task may ask of the consumer that feeds it. Inputs are indexes into the fold's `reads`. */
export interface FetchControl {
  seek(input: number, offset: number): void
  pause(input: number): void
  resume(input: number): void
}

export interface TaskEnvironment {
  readonly fold: Fold
  readonly kafka: Kafka
  readonly admin: Admin
  readonly groupId: string
  /** The name in Kafka of a topic of the topology. */
  readonly nameOf: (topic: Topic) => string
  readonly engine: Omit<EngineSettings, 'partition' | 'committed'>
  readonly commitIntervalMs: number
  readonly acceptStateLoss: boolean
  readonly failpoint: Failpoints
  readonly logger: Logger
  readonly metrics: StreamMetrics
  /** The partition's state is of no more use: somebody else may own it, or Kafka refused a commit. */
  readonly onLost: (task: PartitionTask, error: unknown) => void
}

/** Outputs beyond this wait for the commit in flight before more input is taken. */
const MAX_PENDING_BYTES = 8 * 1024 * 1024

/**
 * One partition of a fold on Kafka: takes the partition over, rebuilds its state, then turns batches into
 * transactions. Outputs, offsets and metadata of a commit are one transaction, so that a crash at any point repeats
 * work and shows nobody a result twice.
 */
export class PartitionTask {
  phase: 'acquiring' | 'rebuilding' | 'live' | 'closed' = 'acquiring'
  private engine!: FoldEngine
  private transactor: Transactor | undefined
  private commits: PartitionCommits | undefined
  private plan!: Takeover
  /** The next offset to read per input; while rebuilding it runs up to the plan's positions. */
  private reading: number[] = []
  private held: boolean[]
  private startedMs = Date.now()

  constructor(
    private readonly env: TaskEnvironment,
    readonly partition: number,
    private readonly fetch: FetchControl,
  ) {
    this.held = env.fold.reads.map(() => true)
  }

  /** Fences the last owner, reads what it committed, and starts the rebuild. */
  async acquire(): Promise<void> {
    const { env, partition } = this
    const { fold, groupId, nameOf, failpoint } = env
    const reach = reachOf(fold, { groupId, partition, partitionsOf: env.engine.partitionsOf })
    const transactor = await Transactor.open(env.kafka, `${groupId}-${partition}`, { reach, nameOf, failpoint })
    if (this.isClosed()) return transactor.close()
    this.transactor = transactor
    this.plan = planTakeover(
      await readOffsets(env.admin, env.groupId, env.fold.reads.map(env.nameOf), partition),
      env.fold.rules,
      env.acceptStateLoss,
    )
    if (this.isClosed()) return
    const { committed, positions, rebuildFrom } = this.plan
    this.engine = new FoldEngine(env.fold, { ...env.engine, partition, committed }, positions, Date.now())
    this.reading = [...rebuildFrom]
    this.commits = new PartitionCommits(env, partition, this.engine, transactor, this.plan, (error) => this.lose(error))
    this.phase = 'rebuilding'
    this.continueRebuild()
  }

  /** The group has a new generation and this partition stayed: kafkajs has forgotten where it was. */
  resync(): void {
    if (this.phase !== 'live' && this.phase !== 'rebuilding') return this.holdAll()
    this.reading.forEach((offset, input) => {
      this.fetch.seek(input, offset)
      if (this.held[input]) this.fetch.pause(input)
      else this.fetch.resume(input)
    })
  }

  /** Pauses all inputs until the takeover says where to read. */
  holdAll(): void {
    this.held.forEach((_, input) => this.hold(input, true))
  }

  async take(input: number, batch: Batch): Promise<void> {
    if (this.phase !== 'live' && this.phase !== 'rebuilding') return
    const expected = this.reading[input]!
    // `fetchedOffset` is where the fetch began; kafkajs has it on every batch, but not in its types.
    const { fetchedOffset } = batch as Batch & { fetchedOffset: string }
    if (Number(fetchedOffset) !== expected) {
      this.fetch.seek(input, expected)
      if (Number(fetchedOffset) > expected) await this.checkRetention(input, expected)
      return
    }
    const records = batch.messages.map(toRaw)
    const next = Number(batch.lastOffset()) + 1
    if (this.phase === 'rebuilding') return this.replay(input, records, next)
    const startedMs = Date.now()
    this.reading[input] = next
    this.engine.take(input, records, next, startedMs)
    this.env.metrics.batch(Date.now() - startedMs)
    this.balanceInputs()
    this.commits!.ifDue(Date.now())
    if (this.engine.out.bytes > MAX_PENDING_BYTES) await this.commits!.settled()
  }

  /** A batch of control records only, which kafkajs keeps from `take`; it moves the position all the same. */
  skip(input: number, firstOffset: number, lastOffset: number): void {
    if (this.phase !== 'live' && this.phase !== 'rebuilding') return
    if (firstOffset !== this.reading[input]) return this.fetch.seek(input, this.reading[input]!)
    if (this.phase === 'rebuilding') return this.replay(input, [], lastOffset + 1)
    this.reading[input] = lastOffset + 1
    this.engine.take(input, [], lastOffset + 1, Date.now())
  }

  /** Time has passed. */
  tick(nowMs: number): void {
    if (this.phase !== 'live') return
    this.engine.evaluate(nowMs)
    this.balanceInputs()
    this.commits!.ifDue(nowMs)
  }

  /** A lookup that began at `startedMs` found this end of an input. */
  sawEnd(input: number, end: number, startedMs: number): void {
    if (this.phase !== 'live') return
    if (end <= this.reading[input]!) this.engine.clock.caughtUp(input, startedMs)
  }

  wantsLookup(nowMs: number): boolean {
    return this.phase === 'live' && this.env.fold.time === 'event' && this.engine.clock.wantsLookup(nowMs)
  }

  /** Commits everything that was said and lets go of the partition. */
  async drain(): Promise<void> {
    if (this.phase === 'live') await this.commits!.finish()
    await this.close()
  }

  /** Lets go without another word. */
  async close(): Promise<void> {
    this.phase = 'closed'
    this.env.metrics.forget(this.partition)
    await this.commits?.settled()
    await this.transactor?.close()
  }

  private isClosed(): boolean {
    return this.phase === 'closed'
  }

  /** kafkajs jumps ahead by itself when retention has removed what was to be read next; we must not. */
  private async checkRetention(input: number, expected: number): Promise<void> {
    const topic = this.env.nameOf(this.env.fold.reads[input]!)
    const low = await beginningOf(this.env.admin, topic, this.partition)
    if (low <= expected || this.isClosed()) return
    const why = `offset ${expected} was to be read next, but the log begins at ${low}`
    this.env.onLost(this, stateLost({ topic, partition: this.partition }, why))
  }

  private replay(input: number, records: readonly RawRecord[], next: number): void {
    this.env.failpoint('in-rebuild')
    const target = this.plan.positions[input]!
    this.engine.replay(input, records, target)
    this.reading[input] = Math.min(next, target)
    this.continueRebuild()
  }

  /** Reads on where the replay has not arrived, and goes live once it has everywhere. */
  private continueRebuild(): void {
    const { positions, rebuildFrom } = this.plan
    const arrived = this.reading.map((offset, input) => offset >= positions[input]!)
    if (arrived.every(Boolean)) return this.goLive()
    arrived.forEach((done, input) => {
      if (this.reading[input] === rebuildFrom[input]) this.fetch.seek(input, this.reading[input]!)
      this.hold(input, done)
    })
  }

  private goLive(): void {
    const now = Date.now()
    this.engine.endReplay(now)
    this.phase = 'live'
    this.reading = [...this.plan.positions]
    this.reading.forEach((offset, input) => this.fetch.seek(input, offset))
    this.held.forEach((_, input) => this.hold(input, false))
    this.env.metrics.rebuild(now - this.startedMs)
    this.env.logger.info(
      { partition: this.partition, positions: this.reading, ms: now - this.startedMs },
      'partition live',
    )
  }

  private hold(input: number, wanted: boolean): void {
    this.held[input] = wanted
    if (wanted) this.fetch.pause(input)
    else this.fetch.resume(input)
  }

  /**
   * Pauses inputs that are far ahead of the slowest, so that the state does not grow with the backlog. Also when time
   * passes: the slowest may have become idle, and a paused input brings no batch to notice it by.
   */
  private balanceInputs(): void {
    if (this.env.fold.time !== 'event') return
    this.engine.clock.tooFarAhead().forEach((ahead, input) => {
      if (ahead !== this.held[input]) this.hold(input, ahead)
    })
  }

  private lose(error: unknown): void {
    if (this.isClosed()) return
    this.env.logger.warn({ partition: this.partition, reason: messageOf(error) }, 'commit failed')
    this.phase = 'closed'
    this.env.onLost(this, error)
  }
}

const toRaw = ({ offset, timestamp, key, value }: Batch['messages'][number]): RawRecord => ({
  offset: Number(offset),
  timestamp: Number(timestamp),
  key,
  value,
})
