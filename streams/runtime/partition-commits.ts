import { encodeMetadata } from './commit-metadata.js'
import type { Commit, FoldEngine } from './fold-engine.js'
import type { TaskEnvironment } from './partition-task.js'
import type { Takeover } from './takeover.js'
import type { Transactor } from './transactor.js'
import { verdicts } from './verdict.js'

/** Without new outputs, positions and watermarks are committed this many intervals apart. */
const QUIET_INTERVALS = 10

/** Decides when a partition commits, and does it: outputs, offsets and metadata in one transaction at a time. */
export class PartitionCommits {
  private underWay: Promise<void> | undefined
  private lastMs = Date.now()
  private positions: readonly number[]
  /** The account that the metrics have heard of. */
  private counted: readonly (readonly number[])[]

  constructor(
    private readonly env: TaskEnvironment,
    private readonly partition: number,
    private readonly engine: FoldEngine,
    private readonly transactor: Transactor,
    { positions, committed, lossAccepted }: Takeover,
    private readonly onFailure: (error: unknown) => void,
  ) {
    // An accepted loss is news: committed at once, it is not asked about again.
    this.positions = lossAccepted ? [] : positions
    this.counted = committed?.map(({ counts }) => counts) ?? []
  }

  /** Starts a commit if there is news and the last one is long enough ago. */
  ifDue(nowMs: number): void {
    if (this.underWay) return
    const { commitIntervalMs, fold } = this.env
    const interval = commitIntervalMs * (this.engine.dirty ? (fold.commitEvery ?? 1) : QUIET_INTERVALS)
    if (nowMs - this.lastMs >= interval && this.hasNews()) void this.start()
  }

  /** Resolves when no commit is under way. */
  async settled(): Promise<void> {
    await this.underWay
  }

  /** Commits what is left to say. */
  async finish(): Promise<void> {
    await this.underWay
    if (this.hasNews()) await this.start()
  }

  private hasNews(): boolean {
    const { engine } = this
    return engine.dirty || engine.watermarkMoved || engine.positions.some((at, input) => at !== this.positions[input])
  }

  private start(): Promise<void> {
    this.lastMs = Date.now()
    this.underWay = this.write(this.engine.prepareCommit())
      .catch((error: unknown) => this.onFailure(error))
      .finally(() => (this.underWay = undefined))
    return this.underWay
  }

  private async write(commit: Commit): Promise<void> {
    const { fold, nameOf } = this.env
    const startedMs = Date.now()
    const offsets = commit.positions.map((offset, input) => ({
      topic: nameOf(fold.reads[input]!),
      partition: this.partition,
      offset,
      metadata: encodeMetadata(commit.metadata[input]!),
    }))
    await this.transactor.commit(commit.records, offsets)
    this.positions = commit.positions
    this.engine.committed(commit)
    this.measure(commit, startedMs)
  }

  private measure({ metadata, receivedAt }: Commit, startedMs: number): void {
    const { metrics } = this.env
    const now = Date.now()
    metrics.commit(now - startedMs)
    metrics.stateEntries(this.partition, this.engine.size)
    if (receivedAt !== undefined) metrics.freshness(now - receivedAt)
    const { watermark } = this.engine.clock
    if (watermark !== -Infinity) metrics.watermarkDelay(this.partition, now - watermark)
    metadata.forEach(({ counts }, input) => this.count(input, counts))
    this.counted = metadata.map(({ counts }) => counts)
  }

  private count(input: number, counts: readonly number[]): void {
    const { fold, metrics } = this.env
    const { name } = fold.reads[input]!
    verdicts.forEach((verdict, i) => {
      const added = counts[i]! - (this.counted[input]?.[i] ?? 0)
      if (verdict === 'used' || verdict === 'dead') metrics.records(name, verdict, added)
      else metrics.records(name, 'dropped', added, verdict)
    })
  }
}
