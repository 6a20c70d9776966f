import type { Warehouse } from '../../stores/clickhouse/warehouse.js'
import { topics } from '../topics.js'
import { insertRows } from './insert-rows.js'
import type { Sink } from './sink.js'

/** Dead letters → dead_letters, where people can search them. */
export const storeDeadLetters = (warehouse: Pick<Warehouse, 'insert'>): Sink<'DeadLettered'> => ({
  name: 'store-dead-letters',
  reads: [topics.deadLetters],
  store: insertRows(warehouse),
})
