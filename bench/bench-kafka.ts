import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Admin, Kafka } from 'kafkajs'
import { pino } from 'pino'
import { loadConfig } from '../config/config.js'
import { connectKafka } from '../stores/kafka/client.js'
import { startKafka, type LocalBroker } from '../stores/kafka/local-broker.js'
import { unlessInterrupted } from './interrupt.js'

/** A broker of its own for one benchmark, on a free port, with its data in a folder that goes away with it. */
export interface BenchKafka {
  readonly broker: LocalBroker
  readonly kafka: Kafka
  readonly admin: Admin
  /** For logs and states of contestants. */
  readonly folder: string
}

/** Runs a benchmark on an empty broker and removes all traces of it. */
export async function withKafka<Result>(use: (bench: BenchKafka) => Promise<Result>): Promise<Result> {
  const logger = pino({ level: 'silent' })
  const folder = await mkdtemp(join(tmpdir(), 'kinora-bench-'))
  try {
    const { cacheDir } = loadConfig(process.env)
    const broker = await startKafka({ dataDir: join(folder, 'kafka'), cacheDir, logger })
    try {
      const kafka = connectKafka({ brokers: [broker.brokers] }, logger)
      const admin = kafka.admin()
      await admin.connect()
      try {
        return await unlessInterrupted(use({ broker, kafka, admin, folder }))
      } finally {
        await admin.disconnect()
      }
    } finally {
      await broker.stop()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
