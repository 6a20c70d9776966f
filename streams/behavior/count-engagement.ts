import type { EngagementChanged, EngagementDelta } from '../../schemas/events.js'
import type { Fold, FoldContext, FoldPartition, InputRecord } from '../runtime/fold.js'
import { KeyedWindows } from '../runtime/keyed-windows.js'
import { topics } from '../topics.js'
import { TILE_MS, engagementMetrics, type EngagementCounts } from '../../schemas/tiles.js'
import { SourceWatermarks } from './source-watermarks.js'

/**
 * engagement changes → the absolute value of every tile that changed.
 *
 * A tile is kept until every partition of the joiner has passed its end plus the window plus the allowed clock skew;
 * a change that comes later is counted as late. Event time here is what the joiner's partitions announce.
 *
 * @param skewMs by how much a click or watch may claim to be older than its impression and still reach its tile: its
 * request is open until `shown_at` plus the window, so its tile has to outlive its own window by that much
 */
export const countEngagement = ({ windowMs, skewMs }: TileLife): Fold<EngagementChanged> => ({
  name: 'count-engagement',
  reads: [topics.engagementDeltas],
  writes: [topics.engagement],
  time: 'none',
  rules: `KINORA_WINDOW_MS=${windowMs}`,
  start: (context) => new CountPartition(windowMs + skewMs, context),
})

/** How long tiles are kept, ms. */
export interface TileLife {
  readonly windowMs: number
  readonly skewMs: number
}

/** The sum of one tile, for one query or (null) over all of them. */
interface Tile {
  of: { video_id: string; query: string | null; tile: number } | null
  readonly counts: EngagementCounts
  forgotten: boolean
}

class CountPartition implements FoldPartition<EngagementChanged> {
  private readonly tiles: KeyedWindows<Tile>
  private readonly sources: SourceWatermarks
  private changed = new Set<Tile>()
  /** The newest event time that is known. */
  private asOf = 0

  constructor(
    /** Beyond the tile's end. */
    private readonly keptMs: number,
    private readonly context: FoldContext,
  ) {
    this.sources = new SourceWatermarks(context.saved?.[0])
    this.tiles = new KeyedWindows(1, {
      create: (): Tile => ({
        of: null,
        counts: { impressions: 0, clicks: 0, watched_ms: 0, long_clicks: 0, completes: 0 },
        forgotten: false,
      }),
      nextDue: (tile) => (tile.forgotten ? Infinity : this.keptUntil(tile.of!.tile) + 1),
      act: (tile) => {
        tile.forgotten = true
        return 'intact'
      },
      held: () => [],
    })
  }

  get size(): number {
    return this.tiles.size
  }

  take({ input, offset, event }: InputRecord<EngagementChanged>): void {
    const watermark = this.context.out.muted ? -Infinity : this.sources.smallest
    let late = false
    for (const delta of event.deltas) {
      if (this.keptUntil(delta.tile) < watermark) {
        late = true
        continue
      }
      this.add(offset, delta, delta.query, watermark)
      this.add(offset, delta, null, watermark)
    }
    this.context.out.judge(input, late ? 'late' : 'used')
    this.sources.heard(event)
    this.asOf = Math.max(this.asOf, event.watermark)
    if (!this.context.out.muted) this.tiles.advance(this.sources.smallest)
  }

  refuse(): void {
    // Nothing follows from a record that nobody could read: the runtime has dead-lettered it.
  }

  advance(): void {
    // Event time comes with the records.
  }

  endReplay(): void {
    this.tiles.endReplay(this.sources.smallest)
    this.changed.clear()
  }

  flush(): void {
    const { out, partition } = this.context
    for (const tile of this.changed) {
      out.emit(topics.engagement, partition, tile.of!.video_id, { ...tile.of!, ...tile.counts, as_of: this.asOf })
    }
    this.changed.clear()
  }

  rebuildOffset(input: number, position: number): number {
    return this.tiles.rebuildOffset(input, position)
  }

  save(): string {
    return this.sources.save()
  }

  committed(positions: readonly number[]): void {
    this.tiles.purge(positions)
  }

  private keptUntil(tile: number): number {
    return tile + TILE_MS + this.keptMs
  }

  private add(offset: number, delta: EngagementDelta, query: string | null, watermark: number): void {
    const { tile, video_id } = delta
    const key = query === null ? `*${tile}/${video_id}` : tileKey(tile, video_id, query)
    this.asOf = Math.max(this.asOf, tile)
    this.tiles.apply({ key, input: 0, offset, aliveUntil: this.keptUntil(tile) }, watermark, (state) => {
      state.of ??= { video_id, query, tile }
      for (const metric of engagementMetrics) state.counts[metric] += delta[metric]
      this.changed.add(state)
    })
  }
}

/** One string per (tile, video, query); the length keeps "a" + "bc" apart from "ab" + "c". */
const tileKey = (tile: number, videoId: string, query: string): string => `${tile}/${videoId.length}/${videoId}${query}`
