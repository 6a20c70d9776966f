import { RecordError } from '../errors/errors.js'
import type { CalibrationPublished } from '../schemas/events.js'
import type { Warehouse } from '../stores/clickhouse/warehouse.js'
import { checkCalibration } from '../streams/behavior/calibration.js'

/** Every published calibration that labels can be computed with; the labeller does not use the others either. */
export async function readCalibrations(warehouse: Pick<Warehouse, 'rows'>): Promise<CalibrationPublished[]> {
  const all = await warehouse.rows<CalibrationPublished>(`
    SELECT
      version,
      ${['effective_from', 'computed_from', 'computed_to'].map((time) => `toUnixTimestamp64Milli(c.${time}) AS ${time}`).join(', ')},
      outcomes, bucket_edges_s, grids, grid_all
    FROM calibrations AS c FINAL
    ORDER BY version`)
  return all.filter(isUsable)
}

function isUsable(calibration: CalibrationPublished): boolean {
  try {
    checkCalibration(calibration)
    return true
  } catch (error) {
    if (error instanceof RecordError) return false
    throw error
  }
}
