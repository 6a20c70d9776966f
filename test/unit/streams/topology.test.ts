import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { packageRoot } from '../../../config/package-root.js'
import { newestSchemas } from '../../../schemas/versions.js'
import type { Warehouse } from '../../../stores/clickhouse/warehouse.js'
import type { RedisClient } from '../../../stores/redis/client.js'
import { tables } from '../../../streams/sinks/rows.js'
import { topology, type Parts } from '../../../streams/topology.js'
import { topics } from '../../../streams/topics.js'

/** Nothing is written here: a declaration is looked at, not run. */
const parts: Parts = {
  namespace: 'test',
  windowMs: 1_000,
  skewMs: 1_000,
  warehouse: () => Promise.resolve({} as Warehouse),
  redis: () => Promise.resolve({ defineCommand: () => undefined } as unknown as RedisClient),
  calibrations: () => Promise.resolve([]),
  ungraded: () => undefined,
}

const built = await Promise.all(
  topology.map(async (processor) => ({ processor, stream: await processor.build(parts) })),
)

/** Written by commands or by producers outside, not by a stream. */
const writtenFromOutside = [
  'video.uploads',
  'video.asr',
  'video.ocr',
  'search.impressions',
  'search.clicks',
  'video.watches',
  'label.calibrations',
]

describe('the topology', () => {
  it('names each processor once, and as its stream names itself', () => {
    expect(built.map(({ stream }) => stream.name)).toEqual(topology.map(({ name }) => name))
    expect(new Set(topology.map(({ name }) => name)).size).toBe(topology.length)
  })

  it('has a schema for every topic', () => {
    const schemas = newestSchemas()
    for (const { event } of Object.values(topics)) expect(schemas.has(event)).toBe(true)
  })

  it('reads every topic that it writes, and writes every topic that it reads', () => {
    const read = new Set(built.flatMap(({ stream }) => stream.reads.map(({ name }) => name)))
    const written = new Set([
      ...built.flatMap(({ stream }) => ('writes' in stream ? stream.writes.map(({ name }) => name) : [])),
      topics.deadLetters.name,
      ...writtenFromOutside,
    ])
    const all = Object.values(topics).map(({ name }) => name)
    expect(all.filter((name) => !read.has(name))).toEqual([])
    expect(all.filter((name) => !written.has(name))).toEqual([])
  })

  it('has a writer for every table', () => {
    const folder = join(packageRoot(), 'schemas', 'clickhouse')
    const ddl = readdirSync(folder)
      .map((file) => readFileSync(join(folder, file), 'utf8'))
      .join('\n')
    const created = [...ddl.matchAll(/CREATE TABLE IF NOT EXISTS (\w+)/g)].map((match) => match[1]!)
    const views = [...ddl.matchAll(/CREATE MATERIALIZED VIEW IF NOT EXISTS \w+ TO (\w+)/g)].map((match) => match[1]!)
    const relabelled = ['relabelled_outcomes', 'relabelled_samples']
    const writers = new Set<string>([...Object.values(tables).map(({ table }) => table), ...views, ...relabelled])
    expect(created.length).toBeGreaterThan(10)
    expect(created.filter((table) => !writers.has(table))).toEqual([])
  })

  it('stores every event that has a table', () => {
    const stored = new Set(
      built
        .filter(({ processor }) => processor.name.startsWith('store-'))
        .flatMap(({ stream }) => stream.reads.map(({ event }) => event as string)),
    )
    expect(Object.keys(tables).filter((event) => !stored.has(event))).toEqual([])
  })
})
