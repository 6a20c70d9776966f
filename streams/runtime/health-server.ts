import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { FatalError, messageOf } from '../../errors/errors.js'
import type { Metrics } from './metrics.js'

/** Where one stream stands. `live`: its partitions are assigned and their state is rebuilt. */
export interface StreamStatus {
  stream: string
  state: 'starting' | 'rebuilding' | 'live' | 'stopping' | 'crashed'
  /** Why it crashed, or what it waits for. */
  reason?: string
}

export interface HealthServer {
  readonly url: string
  close(): Promise<void>
}

interface HealthOptions {
  host: string
  /** 0 takes any free port. */
  port: number
  status: () => StreamStatus[]
  metrics: Pick<Metrics, 'text' | 'contentType'>
}

interface Answer {
  status: number
  type?: string
  body: string
}

/**
 * Serves /metrics for Prometheus, /healthz (restart me if this fails: a stream crashed) and
 * /readyz (all streams live). There is no login: bind it to a private address.
 * Throws FatalError CONFIG_INVALID when the address cannot be taken.
 */
export async function serveHealth(options: HealthOptions): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    const allowed = request.method === 'GET' || request.method === 'HEAD'
    const answer = allowed ? answerTo(path, options) : Promise.resolve({ status: 405, body: 'only GET and HEAD\n' })
    answer
      .catch((error: unknown): Answer => ({ status: 500, body: `${messageOf(error)}\n` }))
      .then((each) => send(response, each))
      .catch(() => response.destroy())
  })
  await listening(server, options)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    close: () => closed(server),
  }
}

async function answerTo(path: string, { status, metrics }: HealthOptions): Promise<Answer> {
  const streams = status()
  switch (path) {
    case '/metrics':
      return { status: 200, type: metrics.contentType, body: await metrics.text() }
    case '/healthz':
      return verdict(!streams.some((each) => each.state === 'crashed'), streams)
    case '/readyz':
      return verdict(streams.length > 0 && streams.every((each) => each.state === 'live'), streams)
    default:
      return { status: 404, body: 'try /metrics, /healthz or /readyz\n' }
  }
}

const verdict = (ok: boolean, streams: StreamStatus[]): Answer => ({
  status: ok ? 200 : 503,
  type: 'application/json',
  body: `${JSON.stringify({ ok, streams })}\n`,
})

const send = (response: ServerResponse, { status, type = 'text/plain; charset=utf-8', body }: Answer) =>
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body)

const listening = (server: Server, { host, port }: HealthOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `KINORA_HTTP_HOST=${host}, KINORA_HTTP_PORT=${port}: ${messageOf(cause)}`
      reject(new FatalError('CONFIG_INVALID', message, { cause }))
    })
    server.listen(port, host, resolve)
  })

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
