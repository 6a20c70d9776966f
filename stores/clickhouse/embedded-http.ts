/** The part of ClickHouse's HTTP interface that its clients use, over the engine in this process. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress, createGunzip, createGzip, createInflate } from 'node:zlib'
import type { Logger } from 'pino'
import { messageOf } from '../../errors/errors.js'
import type { EmbeddedEngine, EngineReply, EngineRequest } from './embedded-engine.js'
import { EngineError } from './engine-error.js'
import { readStatement } from './sql-text.js'

/** A statement that comes in the body is held in memory; the rows of an insert beside it are not. */
const MAX_STATEMENT_BYTES = 256 * 1024 * 1024

export function createHandler(engine: EmbeddedEngine, logger: Logger) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const ended = new AbortController()
    response.once('close', () => ended.abort())
    try {
      const url = new URL(request.url ?? '/', 'http://127.0.0.1')
      refuseStrangers(request)
      const isQuery = url.pathname === '/' && (request.method === 'POST' || url.searchParams.has('query'))
      if (isQuery)
        await answer(engine, await readRequest(request, url.searchParams, ended.signal), url, response, request)
      else respond(response, ...plainPage(url.pathname))
    } catch (error) {
      fail(response, error, logger)
    }
  }
}

const plainPage = (path: string): [number, string] =>
  ['/', '/ping', '/replicas_status'].includes(path) ? [200, 'Ok.\n'] : [404, `There is no handle ${path}\n`]

/** A page in a browser must not reach the engine behind its user's back, under whatever name it found for 127.0.0.1. */
function refuseStrangers({ headers }: IncomingMessage): void {
  const isLocal = (host: string): boolean => /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host)
  const origin = headers.origin?.replace(/^https?:\/\//, '')
  if (isLocal(headers.host ?? 'localhost') && (origin === undefined || isLocal(origin))) return
  throw new EngineError(516, 'AUTHENTICATION_FAILED', 'only programs on this machine may connect')
}

/** Parameters of the URL that are not settings of the query. */
const reserved = new Set(
  'query database default_format query_id user password quota_key role session_timeout session_check stacktrace'.split(
    ' ',
  ),
)
const unsupported = ['session_id', 'compress', 'decompress', 'client_protocol_version']

async function readRequest(
  request: IncomingMessage,
  url: URLSearchParams,
  signal: AbortSignal,
): Promise<EngineRequest> {
  const missing = unsupported.find((name) => !['', '0', null].includes(url.get(name)))
  if (missing) throw new EngineError(48, 'NOT_IMPLEMENTED', `the embedded engine has no ${missing}`)
  if (request.headers['content-type']?.startsWith('multipart/')) {
    throw new EngineError(48, 'NOT_IMPLEMENTED', 'the embedded engine takes no multipart requests')
  }
  const settings: Record<string, string> = {}
  const params: Record<string, string> = {}
  for (const [name, value] of url) {
    if (name.startsWith('param_')) params[name.slice('param_'.length)] = value
    else if (!reserved.has(name) && !unsupported.includes(name)) settings[name] = value
  }
  if (request.method === 'GET') settings['readonly'] = '2'
  const database = url.get('database') ?? header(request, 'x-clickhouse-database') ?? ''
  const format = url.get('default_format') ?? header(request, 'x-clickhouse-format')
  const statement = await readSql(request, url.get('query') ?? '')
  return { ...statement, ...(format ? { format } : {}), database: database || 'default', settings, params, signal }
}

const header = (request: IncomingMessage, name: string): string | undefined => {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** The statement is the query of the URL and the body, one after the other; behind an INSERT … FORMAT come rows. */
async function readSql(request: IncomingMessage, query: string): Promise<Pick<EngineRequest, 'sql' | 'data'>> {
  const body = decoded(request)
  const head = query === '' ? undefined : readStatement(query)
  if (head?.dataAt === query.length) return { sql: query, data: body }
  const rest = await whole(body)
  const text = query === '' ? rest : Buffer.concat([Buffer.from(`${query}\n`), rest])
  // One character for each byte: positions in this text are positions in the body, whose rows may be binary.
  const { dataAt } = readStatement(text.toString('latin1'))
  if (dataAt === undefined || dataAt >= text.length) return { sql: text.toString('utf8') }
  return { sql: text.subarray(0, dataAt).toString('utf8'), data: text.subarray(dataAt) }
}

function decoded(request: IncomingMessage): Readable {
  const encoding = request.headers['content-encoding'] ?? 'identity'
  const decoders = { gzip: createGunzip, deflate: createInflate, br: createBrotliDecompress }
  if (encoding === 'identity') return request
  if (!(encoding in decoders)) throw new EngineError(48, 'NOT_IMPLEMENTED', `no Content-Encoding ${encoding}`)
  const decoder = decoders[encoding as keyof typeof decoders]()
  request.once('error', (error) => decoder.destroy(error))
  return request.pipe(decoder)
}

async function whole(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    chunks.push(chunk as Buffer)
    bytes += (chunk as Buffer).length
    if (bytes > MAX_STATEMENT_BYTES) throw new EngineError(62, 'SYNTAX_ERROR', 'Max query size exceeded')
  }
  return Buffer.concat(chunks)
}

async function answer(
  engine: EmbeddedEngine,
  request: EngineRequest,
  url: URL,
  response: ServerResponse,
  { headers }: IncomingMessage,
): Promise<void> {
  const reply = await engine.run(request)
  response.setHeader('X-ClickHouse-Summary', summary(reply))
  response.setHeader('X-ClickHouse-Format', reply.format)
  response.setHeader('X-ClickHouse-Query-Id', url.searchParams.get('query_id') ?? '')
  response.setHeader('X-ClickHouse-Timezone', 'UTC')
  response.setHeader('Content-Type', contentType(reply.format))
  const wanted = url.searchParams.get('enable_http_compression') === '1'
  const gzip = wanted && /\bgzip\b/.test(headers['accept-encoding'] ?? '')
  if (!gzip) return pipeline(reply.body, response)
  response.setHeader('Content-Encoding', 'gzip')
  return pipeline(reply.body, createGzip({ level: 1 }), response)
}

const summary = ({ rowsRead, bytesRead, elapsedSeconds }: EngineReply): string =>
  JSON.stringify({
    read_rows: String(rowsRead),
    read_bytes: String(bytesRead),
    written_rows: String(rowsRead),
    written_bytes: String(bytesRead),
    elapsed_ns: String(Math.round(elapsedSeconds * 1e9)),
  })

function contentType(format: string): string {
  if (/^JSON.*EachRow/.test(format)) return 'application/x-ndjson; charset=UTF-8'
  if (format.startsWith('JSON')) return 'application/json; charset=UTF-8'
  if (format.startsWith('CSV')) return 'text/csv; charset=UTF-8'
  if (/^(TabSeparated|TSV)/.test(format)) return 'text/tab-separated-values; charset=UTF-8'
  return /^(Pretty|Vertical|XML|Markdown|Values)/.test(format)
    ? 'text/plain; charset=UTF-8'
    : 'application/octet-stream'
}

function fail(response: ServerResponse, error: unknown, logger: Logger): void {
  if (response.destroyed) return // whoever asked has gone
  if (response.headersSent) {
    response.destroy() // half a result must not look like a whole one
    return
  }
  const refusal = error instanceof EngineError ? error : new EngineError(1002, 'UNKNOWN_EXCEPTION', messageOf(error))
  if (refusal !== error) logger.warn({ err: error }, 'embedded clickhouse: request failed')
  response.setHeader('X-ClickHouse-Exception-Code', String(refusal.code))
  respond(response, statusOf(refusal.code), `${refusal.message}\n`)
}

/** As a server maps them; everything else is 500. */
function statusOf(code: number): number {
  if ([60, 81, 47, 46].includes(code)) return 404
  if ([6, 26, 27, 38, 41, 43, 53, 62, 69, 70, 72, 117].includes(code)) return 400
  if (code === 164) return 403
  if (code === 516) return 401
  return code === 48 ? 501 : 500
}

function respond(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8')
  response.end(text)
}
