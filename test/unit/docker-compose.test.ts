import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { loadConfig } from '../../config/config.js'
import { packageRoot } from '../../config/package-root.js'
import { brokerProperties } from '../../stores/kafka/broker-properties.js'

interface Service {
  readonly image?: string
  readonly build?: string
  readonly environment?: Record<string, string | number>
  readonly ports?: readonly string[]
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly depends_on?: Record<string, { readonly condition: string }>
  readonly volumes?: readonly string[]
}

const file = (name: string): string => readFileSync(join(packageRoot(), name), 'utf8')
const compose = parse(file('docker-compose.yml')) as {
  services: Record<string, Service>
  volumes: Record<string, unknown>
}
const services = Object.entries(compose.services)

describe('docker-compose.yml', () => {
  it('brings up Kafka, ClickHouse, Redis and Kinora', () => {
    expect(Object.keys(compose.services)).toEqual(['kafka', 'clickhouse', 'redis', 'kinora'])
  })

  it.each(services)('%s: pinned, healthy when it answers, reachable from this machine only', (_, service) => {
    if (service.build === undefined) expect(service.image).toMatch(/^[\w/-]+:\d+\.\d+[\w.-]*$/)
    expect(service.healthcheck?.test[0]).toBe('CMD')
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
    for (const volume of service.volumes ?? []) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0])
  })

  it('starts Kinora when its stores are healthy, with settings that it understands', () => {
    const { environment = {}, depends_on: needs } = compose.services['kinora']!
    expect(needs).toEqual({
      kafka: { condition: 'service_healthy' },
      clickhouse: { condition: 'service_healthy' },
      redis: { condition: 'service_healthy' },
    })
    const env = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, String(value)]))
    const { kafka, redis, clickhouse, http } = loadConfig(env)
    const listeners = compose.services['kafka']!.environment!['KAFKA_ADVERTISED_LISTENERS']
    expect(listeners).toContain(`INSIDE://${kafka.brokers![0]!}`)
    expect(redis.url).toBe('redis://redis:6379')
    const { CLICKHOUSE_USER: user, CLICKHOUSE_PASSWORD: password } = compose.services['clickhouse']!.environment!
    expect(clickhouse).toMatchObject({ url: 'http://clickhouse:8123', user, password })
    expect(compose.services['kinora']!.ports).toEqual([`127.0.0.1:${http.port!}:${http.port!}`])
  })

  it('runs the same Kafka as the local stack, with the same limits', () => {
    const { image, environment = {} } = compose.services['kafka']!
    const version = /kafka_2\.13<\/artifactId>\s*<version>([\d.]+)/.exec(file('stores/kafka/pom.xml'))?.[1]
    expect(image).toBe(`apache/kafka:${version!}`)
    const local = brokerProperties({ dataDir: '', port: 1, controllerPort: 2 })
    const setting = (name: string): string =>
      environment[`KAFKA_${name.toUpperCase().replaceAll('.', '_')}`]!.toString()
    for (const name of [
      'offset.metadata.max.bytes',
      'message.max.bytes',
      'replica.fetch.max.bytes',
      'group.min.session.timeout.ms',
      'auto.create.topics.enable',
      'transaction.state.log.min.isr',
    ]) {
      expect(local).toContain(`\n${name}=${setting(name)}\n`)
    }
  })
})

describe('Dockerfile', () => {
  it('copies only what is there, and leaves the embedded engine out', () => {
    const lines = file('Dockerfile').split('\n')
    const copied = lines
      .filter((line) => /^COPY (?!--from|\. )/.test(line))
      .flatMap((line) => line.split(' ').slice(1, -1))
    for (const path of copied) expect([path, existsSync(join(packageRoot(), path))]).toEqual([path, true])
    const installs = lines.filter((line) => line.includes('npm ci'))
    expect(installs.every((line) => line.includes('--omit=optional'))).toBe(true)
  })
})
