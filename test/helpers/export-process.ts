/** Exports a training set in a process of its own, to be killed: `export-process.ts URL DATABASE OPTIONS_AS_JSON`. */
import { exportTrainingSet, type ExportOptions } from '../../export/export-training-set.js'
import { openWarehouse } from '../../stores/clickhouse/warehouse.js'

const [url, database, options] = process.argv.slice(2)
const warehouse = openWarehouse({ url: url!, database: database! })
await exportTrainingSet({ ...(JSON.parse(options!) as Omit<ExportOptions, 'warehouse'>), warehouse })
await warehouse.close()
