import { FatalError, KinoraError, TransientError, messageOf } from '../errors/errors.js'

/** The part of a Confluent-compatible schema registry that a codec needs. */
export interface Registry {
  /** The id of a schema under a subject; registers it if the subject does not have it. */
  idOf(subject: string, schema: string): Promise<number>
  /** The Avro schema with an id; null when there is none that stands alone and is Avro. */
  schemaOf(id: number): Promise<string | null>
}

const TIMEOUT_MS = 10_000
const MEDIA_TYPE = 'application/vnd.schemaregistry.v1+json'

interface Answer {
  readonly status: number
  readonly body: { id?: unknown; schema?: unknown; schemaType?: unknown; references?: unknown; message?: unknown }
}

/**
 * A registry over HTTP; user and password may stand in the URL. Its methods throw TransientError REGISTRY_UNAVAILABLE
 * when it does not answer or is busy, FatalError REGISTRY_UNAVAILABLE when it answers and refuses.
 */
export function openRegistry(url: string): Registry {
  const call = caller(url)
  return {
    async idOf(subject, schema) {
      const path = `subjects/${encodeURIComponent(subject)}`
      // Looking first lets a producer without the right to register use what an operator has registered.
      const found = await call(path, { schema })
      const { status, body } = found.status === 404 ? await call(`${path}/versions`, { schema }) : found
      if (status !== 200 || !Number.isInteger(body.id)) throw refused(`register ${subject}`, status, body.message)
      return body.id as number
    },
    async schemaOf(id) {
      const { status, body } = await call(`schemas/ids/${id}`)
      if (status === 404) return null
      if (status !== 200 || typeof body.schema !== 'string') throw refused(`give schema ${id}`, status, body.message)
      const refers = Array.isArray(body.references) && body.references.length > 0
      return (body.schemaType ?? 'AVRO') === 'AVRO' && !refers ? body.schema : null
    },
  }
}

function caller(url: string): (path: string, body?: object) => Promise<Answer> {
  const base = new URL(url.endsWith('/') ? url : `${url}/`)
  const headers: Record<string, string> = { Accept: `${MEDIA_TYPE}, application/json` }
  if (base.username !== '') {
    const credentials = `${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`
    headers['Authorization'] = `Basic ${Buffer.from(credentials).toString('base64')}`
    base.username = base.password = '' // fetch refuses URLs that carry them
  }
  return async (path, body) => {
    const request = body && {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { ...headers, 'Content-Type': MEDIA_TYPE },
    }
    try {
      const response = await fetch(new URL(path, base), {
        headers,
        ...request,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      if (response.status >= 500 || response.status === 429) {
        throw new TransientError('REGISTRY_UNAVAILABLE', `${base.host} answers ${response.status} to ${path}`)
      }
      return { status: response.status, body: (await response.json()) as Answer['body'] }
    } catch (error) {
      if (error instanceof KinoraError) throw error
      const why = error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error)
      throw new TransientError('REGISTRY_UNAVAILABLE', `no answer from ${base.host} to ${path}: ${why}`, {
        cause: error,
      })
    }
  }
}

const refused = (what: string, status: number, message: unknown): FatalError =>
  new FatalError(
    'REGISTRY_UNAVAILABLE',
    `the schema registry would not ${what}: ${status} ${typeof message === 'string' ? message : ''}`,
  )
