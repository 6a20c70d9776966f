import { fileURLToPath } from 'node:url'
import { topics } from '../streams/topics.js'
import type { BenchKafka } from './bench-kafka.js'
import type { ConsumeArguments } from './contestants/consume.js'
import type { JoinArguments } from './contestants/join.js'
import type { BenchOptions } from './options.js'
import type { Contestant } from './race.js'

const program = (name: string): string => fileURLToPath(new URL(`./contestants/${name}.js`, import.meta.url))

export interface OwnJoinerOptions {
  readonly namespace: string
  /** Tells one run from another: a stream name has a consumer group of its own. */
  readonly run: string
  readonly options: Pick<BenchOptions, 'profile' | 'nodeFlags'>
}

/** The product's joiner in a process of its own, with the product's defaults. */
export function ownJoiner({ broker }: BenchKafka, { namespace, run, options }: OwnJoinerOptions): Contestant {
  const name = `join-outcomes-${run}`
  const settings: JoinArguments = { brokers: broker.brokers, namespace, name }
  return {
    name: 'Kinora joiner',
    groupId: `${namespace}.${name}`,
    command: process.execPath,
    args: [
      ...options.nodeFlags,
      ...(options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`]),
      program('join'),
      JSON.stringify(settings),
    ],
  }
}

/** kafkajs alone on the joiner's inputs. */
export function bareConsumer({ broker }: BenchKafka, namespace: string, decodes: boolean): Contestant {
  const groupId = `${namespace}.bare${decodes ? '-decode' : ''}`
  const names = [topics.impressions, topics.clicks, topics.watches].map(({ name }) => `${namespace}.${name}`)
  const settings: ConsumeArguments = { brokers: broker.brokers, groupId, topics: names, decodes }
  return {
    name: decodes ? 'bare kafkajs + Avro' : 'bare kafkajs',
    groupId,
    command: process.execPath,
    args: [program('consume'), JSON.stringify(settings)],
  }
}
