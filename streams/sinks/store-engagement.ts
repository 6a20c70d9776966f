import type { Warehouse } from '../../stores/clickhouse/warehouse.js'
import { topics } from '../topics.js'
import { insertRows } from './insert-rows.js'
import type { Sink } from './sink.js'

/** Absolute tiles → engagement_tiles, where the newest value of a tile stays. */
export const storeEngagement = (warehouse: Pick<Warehouse, 'insert'>): Sink<'TileCounted'> => ({
  name: 'store-engagement',
  reads: [topics.engagement],
  store: insertRows(warehouse),
})
