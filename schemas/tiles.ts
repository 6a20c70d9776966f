/** Engagement is counted in tiles of event time, aligned to the epoch; the length in ms. */
export const TILE_MS = 5 * 60_000

/** The start of the tile that an instant (epoch ms) lies in. */
export const tileOf = (at: number): number => Math.floor(at / TILE_MS) * TILE_MS

/** What a tile counts, in the order in which rows name it. */
export const engagementMetrics = ['impressions', 'clicks', 'watched_ms', 'long_clicks', 'completes'] as const
export type EngagementMetric = (typeof engagementMetrics)[number]
export type EngagementCounts = Record<EngagementMetric, number>
