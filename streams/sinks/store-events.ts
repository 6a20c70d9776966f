import type { Warehouse } from '../../stores/clickhouse/warehouse.js'
import { topics } from '../topics.js'
import { insertRows } from './insert-rows.js'
import type { Sink } from './sink.js'

type RawEvent = 'VideoUploaded' | 'AsrTranscribed' | 'OcrRecognized' | 'ResultsShown' | 'ResultClicked' | 'VideoWatched'

/**
 * Every raw event → its raw table, whatever became of it in the join: late events and orphans too.
 * Inside ClickHouse, views carry impressions, clicks and watches on into impression_facts.
 */
export const storeEvents = (warehouse: Pick<Warehouse, 'insert'>): Sink<RawEvent> => ({
  name: 'store-events',
  reads: [topics.uploads, topics.asr, topics.ocr, topics.impressions, topics.clicks, topics.watches],
  store: insertRows(warehouse),
})
