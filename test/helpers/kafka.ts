import { mkdtemp, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Kafka } from 'kafkajs'
import { pino } from 'pino'
import { connectKafka } from '../../stores/kafka/client.js'
import { startKafka, type LocalBroker } from '../../stores/kafka/local-broker.js'

/** A real broker of one test file, with an empty log. */
export interface TestKafka {
  readonly broker: LocalBroker
  readonly kafka: Kafka
  stop(): Promise<void>
}

/** The jars are kept where the product keeps them. */
const cacheDir = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'kinora')

export async function startTestKafka(): Promise<TestKafka> {
  const logger = pino({ level: 'silent' })
  const dataDir = await mkdtemp(join(tmpdir(), 'kinora-kafka-'))
  const broker = await startKafka({ dataDir, cacheDir, logger })
  const stop = async () => {
    await broker.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
  return { broker, kafka: connectKafka({ brokers: [broker.brokers] }, logger), stop }
}
