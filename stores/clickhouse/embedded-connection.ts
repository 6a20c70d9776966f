import { randomUUID } from 'node:crypto'
import { parseError } from '@clickhouse/client'
import { messageOf } from '../../errors/errors.js'
import type { EmbeddedEngine, EngineReply, EngineRequest } from './embedded-engine.js'
import type { Connection } from './warehouse.js'

type QueryParams = Parameters<Connection['query']>[0]

/**
 * Lets `@clickhouse/client` talk to the engine in this process as if it were a server. The connection that chDB brings
 * along keeps whole results in memory, spoils inserted binary formats, leaks settings into later queries and knows no
 * current database.
 */
export function embeddedConnection(engine: EmbeddedEngine, database: string): Connection {
  const run = async (params: QueryParams, data?: EngineRequest['data']): Promise<EngineReply> => {
    try {
      return await engine.run({
        sql: params.query,
        database,
        ...(data === undefined ? {} : { data }),
        ...(params.abort_signal === undefined ? {} : { signal: params.abort_signal }),
        ...splitSettings(params.clickhouse_settings),
        params: mapValues(params.query_params ?? {}, paramText),
      })
    } catch (error) {
      throw parseError(error instanceof Error ? error : messageOf(error)) // a ClickHouseError, as from a server
    }
  }
  const answer = (params: QueryParams) => ({ query_id: params.query_id ?? randomUUID(), response_headers: {} })
  return {
    async query(params) {
      return { ...answer(params), stream: (await run(params)).body }
    },
    async exec(params) {
      return { ...answer(params), stream: (await run(params, params.values)).body }
    },
    async command(params) {
      ;(await run(params)).body.destroy()
      return answer(params)
    },
    async insert(params) {
      ;(await run(params, params.values)).body.destroy()
      return answer(params)
    },
    async ping() {
      try {
        ;(await run({ query: 'SELECT 1' })).body.destroy()
        return { success: true }
      } catch (error) {
        return { success: false, error: error as Error }
      }
    },
    close: () => Promise.resolve(), // the engine belongs to the process
  }
}

function splitSettings(settings: QueryParams['clickhouse_settings'] = {}): Pick<EngineRequest, 'settings' | 'format'> {
  const { default_format: format, ...rest } = mapValues({ ...settings }, settingText)
  return format === undefined ? { settings: rest } : { settings: rest, format }
}

function mapValues(record: Record<string, unknown>, toText: (value: unknown) => string): Record<string, string> {
  const known = Object.entries(record).filter(([, value]) => value !== undefined)
  return Object.fromEntries(known.map(([name, value]) => [name, toText(value)]))
}

const settingText = (value: unknown): string => (typeof value === 'boolean' ? String(Number(value)) : String(value))

/** Simple values only: the product writes literals into its SQL (`sqlString`). */
function paramText(value: unknown): string {
  if (typeof value === 'string')
    return value.replace(/[\\\t\n]/g, (char) => ({ '\t': '\\t', '\n': '\\n' })[char] ?? '\\\\')
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (typeof value === 'boolean') return String(Number(value))
  if (value === null) return '\\N'
  throw new Error('a query parameter of the embedded engine is a string, a number, a boolean or null')
}
