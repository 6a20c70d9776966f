import { describe, expect, it } from '@jest/globals'
import type { Warehouse } from '../../../stores/clickhouse/warehouse.js'
import type { RedisClient } from '../../../stores/redis/client.js'
import { topology, type Parts } from '../../../streams/topology.js'
import { topics } from '../../../streams/topics.js'
import { documentAt } from '../../helpers/markdown.js'

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

/** `topic → processor` and `processor → topic`, as the code has them. */
const flow = (
  await Promise.all(
    topology.map(async (processor) => {
      const stream = await processor.build(parts)
      const written = 'writes' in stream ? stream.writes : []
      return [
        ...stream.reads.map(({ name }) => `${name} → ${stream.name}`),
        ...written.map(({ name }) => `${stream.name} → ${name}`),
      ]
    }),
  )
).flat()

const processors = topology.map(({ name }) => name)
const topicNames = Object.values(topics).map(({ name }) => name)

/** The solid arrows of a mermaid flowchart, between the labels of its nodes. */
function arrowsOf(mermaid: string): string[] {
  const labels = new Map([...mermaid.matchAll(/^ *(\w+)\W*"([^"]+)"/gm)].map((match) => [match[1]!, match[2]!]))
  return mermaid.split('\n').flatMap((line) => {
    const nodes = line.trim().split(/ --> /)
    return nodes.slice(1).map((node, index) => `${labels.get(nodes[index]!)} → ${labels.get(node)}`)
  })
}

describe('the picture in docs/architecture.md', () => {
  const [, mermaid = ''] = /```mermaid\n([\s\S]*?)```/.exec(documentAt('docs/architecture.md').text) ?? []
  const stores = [' → ClickHouse', ' → Redis']

  it('has exactly the arrows of the topology', () => {
    const drawn = arrowsOf(mermaid).filter((arrow) => !stores.some((store) => arrow.endsWith(store)))
    expect(drawn.sort()).toEqual([...flow].sort())
  })

  it('leads every sink into a store', () => {
    const drawn = arrowsOf(mermaid).filter((arrow) => stores.some((store) => arrow.endsWith(store)))
    const sinks = topology.filter(({ kind }) => kind === 'sink').map(({ name }) => name)
    expect(drawn.map((arrow) => arrow.split(' → ')[0]).sort()).toEqual(sinks.sort())
  })

  it('goes with tables that have every processor and topic', () => {
    const { text } = documentAt('docs/architecture.md')
    expect([...processors, ...topicNames].filter((name) => !text.includes(`\n| \`${name}\` |`))).toEqual([])
  })
})

describe('the picture in README.md', () => {
  it('has every processor and every topic', () => {
    const [, picture = ''] = /```text\n([\s\S]*?)```/.exec(documentAt('README.md').text) ?? []
    expect([...processors, ...topicNames].filter((name) => !picture.includes(name))).toEqual([])
  })
})
