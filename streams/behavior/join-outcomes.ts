import type { EngagementDelta, RecordsUnused } from '../../schemas/events.js'
import type { Fold, FoldContext, FoldPartition, InputRecord } from '../runtime/fold.js'
import { KeyedWindows } from '../runtime/keyed-windows.js'
import { decodeOffsets } from '../runtime/offset-set.js'
import { partitionOf } from '../runtime/partitioner.js'
import { topics } from '../topics.js'
import { EngagementChanges } from './engagement-changes.js'
import { groupsOf, textBytes } from './groups.js'
import { RequestWindow, type BehaviorEvent, type RequestListener, type RequestRules } from './request-window.js'

const reads = [topics.impressions, topics.clicks, topics.watches] as const

/** The topic's name, an offset and a reason. */
const UNUSED_BYTES = 64

const deltaBytes = ({ video_id, query }: EngagementDelta): number => textBytes(video_id) + textBytes(query) + 60

/** Said by a partition that has no watermark yet; event times are not negative. */
export const NO_WATERMARK = -1

/**
 * impressions, clicks, watches → outcomes, unused records, engagement changes.
 *
 * A request's window closes when the watermark reaches its end; then one record tells what became of every video
 * shown. Engagement does not wait for that: each event emits the difference it makes.
 *
 * @param announceMs how far the watermark moves between two announcements to the readers of the engagement changes
 */
export const joinOutcomes = (rules: RequestRules & { announceMs: number }): Fold<BehaviorEvent> => ({
  name: 'join-outcomes',
  reads,
  writes: [topics.outcomes, topics.unused, topics.engagementDeltas],
  time: 'event',
  rules: `KINORA_WINDOW_MS=${rules.windowMs}`,
  start: (context) => new JoinPartition(rules, context),
})

class JoinPartition implements FoldPartition<BehaviorEvent> {
  private readonly windows: KeyedWindows<RequestWindow>
  private readonly changes = new EngagementChanges()
  private unused: RecordsUnused['entries'] = []
  private announced = -Infinity
  private readonly listener: RequestListener = {
    used: ({ input }) => this.context.out.judge(input, 'used'),
    unused: ({ input, offset }, reason) => {
      this.context.out.judge(input, reason)
      this.unused.push({ topic: reads[input]!.name, offset, reason })
    },
    closed: (request) => this.context.out.emit(topics.outcomes, this.context.partition, request.request_id, request),
    shown: (videos, query, at) => this.changes.shown(videos, query, at),
    touched: (video) => this.changes.touch(video),
  }

  constructor(
    private readonly rules: RequestRules & { announceMs: number },
    private readonly context: FoldContext,
  ) {
    this.windows = new KeyedWindows(
      reads.length,
      {
        create: () => new RequestWindow(rules, this.listener),
        nextDue: (request) => request.nextDue(),
        act: (request, watermark) => request.act(watermark),
        held: (request) => request.held(),
      },
      context.saved?.map(decodeOffsets),
    )
  }

  get size(): number {
    return this.windows.size
  }

  take(record: InputRecord<BehaviorEvent>, watermark: number): void {
    const { input, offset, event } = record
    const aliveUntil = event.at + this.rules.windowMs
    const place = { key: event.request_id, input, offset, aliveUntil }
    this.windows.apply(place, watermark, (request) => request.take(record, watermark))
  }

  refuse(input: number, offset: number): void {
    this.unused.push({ topic: reads[input]!.name, offset, reason: 'dead' })
  }

  advance(watermark: number): void {
    this.windows.advance(watermark)
  }

  endReplay(watermark: number): void {
    this.windows.endReplay(watermark)
    this.unused = []
    this.changes.assumeTold()
    this.announced = -Infinity
  }

  flush(watermark: number): void {
    const { partition, out } = this.context
    for (const entries of groupsOf(this.unused, () => UNUSED_BYTES))
      out.emit(topics.unused, partition, String(partition), { partition, entries })
    this.unused = []
    this.flushChanges(watermark)
  }

  rebuildOffset(input: number, position: number): number {
    return this.windows.rebuildOffset(input, position)
  }

  save(input: number): string {
    return this.windows.marksOf(input)
  }

  committed(positions: readonly number[]): void {
    this.windows.purge(positions)
  }

  private flushChanges(watermark: number): void {
    const { partitions, partition, out } = this.context
    const targets = this.context.partitionsOf(topics.engagementDeltas)
    const byTarget = Array.from({ length: targets }, (): EngagementDelta[] => [])
    for (const delta of this.changes.take()) byTarget[partitionOf(delta.video_id, targets)]!.push(delta)
    const announces = watermark >= this.announced + this.rules.announceMs
    if (announces) this.announced = watermark
    byTarget.forEach((deltas, target) => {
      const groups = deltas.length === 0 && announces ? [[]] : groupsOf(deltas, deltaBytes)
      groups.forEach((group, index) => {
        out.emit(topics.engagementDeltas, target, String(partition), {
          source_partition: partition,
          source_partitions: partitions,
          // Only the last group speaks of the watermark: what the others say happened before it.
          watermark: index < groups.length - 1 ? NO_WATERMARK : Math.max(watermark, NO_WATERMARK),
          deltas: group,
        })
      })
    })
  }
}
