import { FatalError } from '../../errors/errors.js'

/**
 * As much of the package `chdb` as is used here. It is an optional dependency of half a gigabyte: neither the compiler
 * nor a production install needs it, so its own types are not imported.
 */
export interface Chdb {
  readonly Session: new (path: string, options?: { readonly connectionArgs: readonly string[] }) => ChdbSession
  /** Resolves when nothing runs in the engine any more and closed sessions are really closed. */
  drainPending(): Promise<void>
  version(): { readonly chdb: string; readonly libchdb: string }
}

export interface ChdbSession {
  queryAsync(sql: string, options?: { readonly format?: string }): Promise<ChdbResult>
  close(): void
}

export interface ChdbResult {
  readonly rowsRead: number
  readonly bytesRead: number
  readonly elapsed: number
  bytes(): Uint8Array
}

/** @throws FatalError STACK_FAILED when it is not installed or does not run on this system */
export async function loadChdb(): Promise<Chdb> {
  const name: string = 'chdb'
  try {
    return (await import(name)) as Chdb
  } catch (cause) {
    const mend = 'install it with `npm install chdb`, or set CLICKHOUSE_URL to a server'
    throw new FatalError('STACK_FAILED', `the embedded ClickHouse engine (chdb) cannot be loaded: ${mend}`, { cause })
  }
}
