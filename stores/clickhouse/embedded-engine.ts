/** ClickHouse's engine in this process (chDB), behind an interface that has the shape of one HTTP request. */
import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { FatalError, messageOf } from '../../errors/errors.js'
import { loadChdb, type Chdb, type ChdbResult, type ChdbSession } from './chdb.js'
import { EngineError } from './engine-error.js'
import { Slots } from './slots.js'
import { sqlName, sqlString } from './sql-string.js'
import { readStatement, type Statement } from './sql-text.js'

export interface EngineRequest {
  readonly sql: string
  /** The rows of an insert with a FORMAT, when they do not stand in `sql`. */
  readonly data?: Readable | Buffer | string
  readonly database: string
  readonly settings?: Readonly<Record<string, string>>
  /** Values of `{name:Type}`, escaped as in the TabSeparated format. */
  readonly params?: Readonly<Record<string, string>>
  /** For statements without a FORMAT of their own; TabSeparated if absent, as a server does it. */
  readonly format?: string
  /** The engine gives up the query. */
  readonly signal?: AbortSignal
}

export interface EngineReply {
  /** Read it to its end or destroy it. */
  readonly body: Readable
  readonly format: string
  readonly rowsRead: number
  readonly bytesRead: number
  readonly elapsedSeconds: number
}

/**
 * Each request is a session of its own: opening one costs a fraction of a millisecond, and no setting, parameter or
 * current database can leak into the next. Results go through a file that is unlinked while it is read: the engine is
 * done with a query before its reader has begun, however slow that one is, memory stays bounded, every format is right
 * to the byte, and an error is known before the first byte is sent.
 */
export class EmbeddedEngine {
  readonly #chdb: Chdb
  readonly #path: string
  readonly #scratch: string
  /** While one session is open the engine stays up. */
  readonly #keeper: ChdbSession
  readonly #slots: Slots

  private constructor(chdb: Chdb, path: string, scratch: string, keeper: ChdbSession, slots: Slots) {
    this.#chdb = chdb
    this.#path = path
    this.#scratch = scratch
    this.#keeper = keeper
    this.#slots = slots
  }

  /**
   * Takes the folder for this process. Queries run in threads of libuv's pool, of which there are 4 unless
   * UV_THREADPOOL_SIZE says otherwise; `slots` queries at once leave one to file and name look-ups.
   * @throws FatalError STACK_FAILED when chDB is not installed or another process has the folder
   */
  static async open(dataDir: string, slots = 3): Promise<EmbeddedEngine> {
    const chdb = await loadChdb()
    const path = resolve(dataDir, 'engine')
    const scratch = resolve(dataDir, 'scratch')
    await mkdir(path, { recursive: true })
    const keeper = take(chdb, path)
    // Only now: until the folder is ours, what lies there may be in use.
    await rm(scratch, { recursive: true, force: true })
    await mkdir(scratch)
    return new EmbeddedEngine(chdb, path, scratch, keeper, new Slots(slots))
  }

  /** @throws EngineError with ClickHouse's code when the statement is refused */
  async run(asked: EngineRequest): Promise<EngineReply> {
    const statement = readStatement(asked.sql)
    if (statement.clauseAt === 0) throw new EngineError(62, 'SYNTAX_ERROR', 'Empty query')
    if (statement.several) throw new EngineError(62, 'SYNTAX_ERROR', 'Multi-statements are not allowed')
    const request = statement.dataAt === undefined ? await inOneText(asked) : asked
    const file = join(this.#scratch, randomUUID())
    try {
      if (request.data !== undefined) await save(request.data, file)
      const result = await this.#slots.use(() => this.#execute(request, statement, file))
      return await reply(request, statement, result, file)
    } finally {
      await rm(file, { force: true })
    }
  }

  /** Takes no more requests; those under way get `graceMs`, then they are ended. */
  async close(graceMs = 5_000): Promise<void> {
    const deadline = Date.now() + graceMs
    const impatience = setInterval(() => {
      if (Date.now() > deadline) void this.#killWhere("query NOT LIKE 'KILL QUERY%'")
    }, 100)
    await this.#slots.close()
    clearInterval(impatience)
    this.#keeper.close()
    await this.#chdb.drainPending()
    await rm(this.#scratch, { recursive: true, force: true })
  }

  async #execute(request: EngineRequest, statement: Statement, file: string): Promise<ChdbResult> {
    const session = new this.#chdb.Session(this.#path)
    const mark = randomUUID()
    const onAbort = (): void => void this.#killWhere(`Settings['log_comment'] = ${sqlString(mark)}`)
    try {
      request.signal?.throwIfAborted()
      request.signal?.addEventListener('abort', onAbort)
      await session.queryAsync(preamble(request, mark))
      request.signal?.throwIfAborted()
      return await session.queryAsync(textFor(request, statement, file), { format: formatOf(request, statement) })
    } catch (error) {
      throw EngineError.from(error)
    } finally {
      request.signal?.removeEventListener('abort', onAbort)
      session.close()
    }
  }

  /** Rejecting a promise would not end the query: it would go on and hold its slot. */
  async #killWhere(condition: string): Promise<void> {
    await this.#keeper.queryAsync(`KILL QUERY WHERE ${condition} ASYNC`).catch(() => undefined)
  }
}

/** The rest of the stack, and much else, shares the machine's memory with the engine. */
const engineOptions = { connectionArgs: ['--max_server_memory_usage_to_ram_ratio=0.5'] }

/** @throws FatalError STACK_FAILED when the folder cannot be used or another process uses it */
function take(chdb: Chdb, path: string): ChdbSession {
  try {
    return new chdb.Session(path, engineOptions)
  } catch (cause) {
    const reason = `cannot open the ClickHouse data in ${path}: ${messageOf(cause)}`
    throw new FatalError('STACK_FAILED', reason, { cause })
  }
}

/** Data behind anything but an INSERT … FORMAT is the rest of the statement. */
async function inOneText({ data, ...request }: EngineRequest): Promise<EngineRequest> {
  if (data === undefined) return request
  return { ...request, sql: `${request.sql}\n${data instanceof Readable ? await text(data) : data.toString('utf8')}` }
}

/** What a server has by default and a library has not: times do not depend on the machine, nor SELECT on a guess. */
const serverDefaults = ["SET session_timezone = 'UTC'", 'SET implicit_select = 0']

/** Known to the HTTP layer of a server only; the engine would refuse them. */
const transportSettings = new Set([
  'wait_end_of_query',
  'buffer_size',
  'enable_http_compression',
  'http_zlib_compression_level',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
  'http_response_buffer_size',
  'http_write_exception_in_output_format',
])

function preamble({ database, settings = {}, params = {} }: EngineRequest, mark: string): string {
  const set = Object.entries(settings)
    .filter(([name]) => !transportSettings.has(name))
    .map(([name, value]) => `SET ${checked(name)} = ${sqlString(value)}`)
  const bind = Object.entries(params).map(([name, value]) => `SET param_${checked(name)} = ${sqlString(value)}`)
  return [`USE ${sqlName(database)}`, ...serverDefaults, ...set, ...bind, `SET log_comment = ${sqlString(mark)}`].join(
    '; ',
  )
}

function checked(name: string): string {
  if (/^\w+$/.test(name)) return name
  throw new EngineError(115, 'UNKNOWN_SETTING', `Unknown setting ${sqlString(name)}`)
}

/** The format of the rows that this statement gives. */
const formatOf = (request: EngineRequest, statement: Statement): string =>
  statement.format ?? request.format ?? 'TabSeparated'

function textFor(request: EngineRequest, statement: Statement, file: string): string {
  const { sql, data } = request
  const head = sql.slice(0, statement.clauseAt)
  if (statement.kind === 'rows') {
    const clause = `\nINTO OUTFILE ${sqlString(file)} TRUNCATE `
    const rest = sql.slice(statement.clauseAt)
    return statement.format === undefined
      ? `${head}${clause}FORMAT ${formatOf(request, statement)}`
      : head + clause + rest
  }
  if (statement.dataAt === undefined || data === undefined) return sql
  return `${head}\nFROM INFILE ${sqlString(file)} ${sql.slice(statement.clauseAt, statement.dataAt)}`
}

async function save(data: Readable | Buffer | string, file: string): Promise<void> {
  await pipeline(data instanceof Readable ? data : [data], createWriteStream(file))
}

async function reply(
  request: EngineRequest,
  statement: Statement,
  result: ChdbResult,
  file: string,
): Promise<EngineReply> {
  const { rowsRead, bytesRead, elapsed } = result
  const facts = { format: formatOf(request, statement), rowsRead, bytesRead, elapsedSeconds: elapsed }
  if (statement.kind !== 'rows') return { ...facts, body: Readable.from([Buffer.from(result.bytes())]) }
  const handle = await open(file, 'r')
  return { ...facts, body: handle.createReadStream({ highWaterMark: 256 * 1024 }) }
}
