import { afterEach, describe, expect, it } from '@jest/globals'
import { serveHealth, type HealthServer, type StreamStatus } from '../../../../streams/runtime/health-server.js'
import { openMetrics } from '../../../../streams/runtime/metrics.js'

const open: HealthServer[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
})

const serve = async (...states: StreamStatus['state'][]) => {
  const status = () => states.map((state, i) => ({ stream: `s${i}`, state }))
  const server = await serveHealth({ host: '127.0.0.1', port: 0, status, metrics: openMetrics() })
  open.push(server)
  return server
}
const statusOf = async (server: HealthServer, path: string, method = 'GET') =>
  (await fetch(server.url + path, { method })).status

describe('health server', () => {
  it.each<[StreamStatus['state'][], number, number]>([
    [['live', 'live'], 200, 200],
    [['live', 'rebuilding'], 200, 503],
    [['starting'], 200, 503],
    [['stopping', 'live'], 200, 503],
    [['live', 'crashed'], 503, 503],
    [[], 200, 503],
  ])('with streams %j answers /healthz with %d and /readyz with %d', async (states, health, ready) => {
    const server = await serve(...states)
    expect(await statusOf(server, '/healthz')).toBe(health)
    expect(await statusOf(server, '/readyz?from=probe')).toBe(ready)
  })

  it('says which stream is not well', async () => {
    const server = await serve('crashed')
    const answer: unknown = await (await fetch(`${server.url}/healthz`)).json()
    expect(answer).toEqual({ ok: false, streams: [{ stream: 's0', state: 'crashed' }] })
  })

  it('serves metrics in the Prometheus format', async () => {
    const server = await serve('live')
    const answer = await fetch(`${server.url}/metrics`)
    expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4')
    expect(await answer.text()).toContain('# TYPE kinora_stream_lag_records gauge')
  })

  it('refuses other paths and methods', async () => {
    const server = await serve('live')
    expect(await statusOf(server, '/')).toBe(404)
    expect(await statusOf(server, '/healthz', 'POST')).toBe(405)
    expect(await statusOf(server, '/healthz', 'HEAD')).toBe(200)
  })

  it('names the setting when its port is taken', async () => {
    const port = Number(new URL((await serve('live')).url).port)
    const second = serveHealth({ host: '127.0.0.1', port, status: () => [], metrics: openMetrics() })
    await expect(second).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
    await expect(second).rejects.toThrow(`KINORA_HTTP_PORT=${port}`)
  })
})
