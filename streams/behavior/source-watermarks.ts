import type { EngagementChanged } from '../../schemas/events.js'

/** The watermark that each partition of the joiner announced last. */
export class SourceWatermarks {
  private readonly announced = new Map<number, number>()
  private sources = Infinity

  /** @param saved what `save` returned */
  constructor(saved?: string) {
    if (!saved) return
    const [sources, ...entries] = saved.split(',')
    this.sources = Number(sources)
    for (const entry of entries) {
      const [partition, watermark] = entry.split(':')
      this.announced.set(Number(partition), parseInt(watermark!, 36))
    }
  }

  heard({ source_partition, source_partitions, watermark }: EngagementChanged): void {
    this.sources = source_partitions
    if (watermark >= 0 && watermark > this.of(source_partition)) this.announced.set(source_partition, watermark)
  }

  /** All partitions have passed this; -Infinity until every one has announced something. */
  get smallest(): number {
    return this.announced.size < this.sources ? -Infinity : Math.min(...this.announced.values())
  }

  save(): string {
    if (this.announced.size === 0) return ''
    const entries = [...this.announced].map(([partition, watermark]) => `${partition}:${watermark.toString(36)}`)
    return [this.sources, ...entries].join(',')
  }

  private of(partition: number): number {
    return this.announced.get(partition) ?? -Infinity
  }
}
