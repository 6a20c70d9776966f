import type { Warehouse } from '../../stores/clickhouse/warehouse.js'
import { topics } from '../topics.js'
import { insertRows } from './insert-rows.js'
import type { Sink } from './sink.js'

/** Calibrations → calibrations, for relabelling and for people. */
export const storeCalibrations = (warehouse: Pick<Warehouse, 'insert'>): Sink<'CalibrationPublished'> => ({
  name: 'store-calibrations',
  reads: [topics.calibrations],
  store: insertRows(warehouse),
})
