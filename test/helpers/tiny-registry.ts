import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A schema registry in memory that speaks the REST protocol of the real one. */
export interface TinyRegistry {
  readonly url: string
  /** Every request so far: `GET /schemas/ids/1`. */
  readonly requests: string[]
  /** What to answer instead of working: a status with its body, or nothing at all. */
  failWith: { status: number; body: object } | 'silence' | null
  /** The credentials that it asks for, `user:password`. */
  credentials: string | null
  /** Stores a schema under a subject, as another producer would, and returns its id. */
  add(subject: string, schema: string, more?: { schemaType?: string; references?: object[] }): number
  close(): Promise<void>
}

export async function startTinyRegistry(): Promise<TinyRegistry> {
  const schemas: { schema: string; schemaType?: string; references?: object[] }[] = []
  const subjects = new Map<string, Set<number>>()
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  const registry: TinyRegistry = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    failWith: null,
    credentials: null,
    add(subject, schema, more = {}) {
      let id = schemas.findIndex((known) => known.schema === schema) + 1
      if (id === 0) id = schemas.push({ schema, ...more })
      subjects.set(subject, (subjects.get(subject) ?? new Set()).add(id))
      return id
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const send = (status: number, body: object) => {
      response.writeHead(status, { 'Content-Type': 'application/vnd.schemaregistry.v1+json' }).end(JSON.stringify(body))
    }
    registry.requests.push(`${String(request.method)} ${String(request.url)}`)
    if (registry.failWith === 'silence') return void request.socket.destroy()
    if (registry.failWith) return send(registry.failWith.status, registry.failWith.body)
    const basic = registry.credentials && `Basic ${Buffer.from(registry.credentials).toString('base64')}`
    if (basic && request.headers.authorization !== basic) return send(401, { error_code: 401, message: 'Unauthorized' })
    const body = await bodyOf(request)
    const [, first, second, third] = decodeURIComponent(request.url!).split('/')
    if (request.method === 'GET' && first === 'schemas' && second === 'ids') {
      const schema = schemas[Number(third) - 1]
      return schema ? send(200, schema) : send(404, { error_code: 40403, message: 'Schema not found' })
    }
    if (request.method === 'POST' && first === 'subjects' && third === 'versions') {
      return send(200, { id: registry.add(second!, body.schema!) })
    }
    if (request.method === 'POST' && first === 'subjects') {
      const ids = subjects.get(second!)
      if (!ids) return send(404, { error_code: 40401, message: `Subject '${second!}' not found.` })
      const id = [...ids].find((known) => schemas[known - 1]!.schema === body.schema)
      return id
        ? send(200, { subject: second, id, version: 1, schema: body.schema })
        : send(404, { error_code: 40403, message: 'Schema not found' })
    }
    return send(404, { error_code: 404, message: 'HTTP 404 Not Found' })
  }
  return registry
}

async function bodyOf(request: IncomingMessage): Promise<{ schema?: string }> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text === '' ? {} : (JSON.parse(text) as { schema?: string })
}
