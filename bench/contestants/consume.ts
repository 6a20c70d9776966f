/** kafkajs alone: reads the topics, decodes each record if asked to, and commits. */
import { pino } from 'pino'
import { loadConfig } from '../../config/config.js'
import { decode, eventNameOf } from '../../schemas/codec.js'
import { connectKafka } from '../../stores/kafka/client.js'

export interface ConsumeArguments {
  readonly brokers: string
  readonly groupId: string
  readonly topics: readonly string[]
  readonly decodes: boolean
}

const { brokers, groupId, topics, decodes } = JSON.parse(process.argv[2]!) as ConsumeArguments
const { maxBytesPerPartition } = loadConfig({}).runtime
const consumer = connectKafka({ brokers: [brokers] }, pino({ level: 'info' })).consumer({
  // Fetches as the joiner does.
  ...{ groupId, maxBytesPerPartition, maxBytes: 256 * 1024 * 1024, maxWaitTimeInMs: 200 },
})
await consumer.connect()
await consumer.subscribe({ topics: [...topics], fromBeginning: true })
await consumer.run({
  partitionsConsumedConcurrently: 4,
  eachBatch: ({ batch: { messages } }) => {
    if (decodes) for (const { value } of messages) decode(eventNameOf(value), value)
    return Promise.resolve()
  },
})
process.once('SIGTERM', () => void consumer.disconnect().then(() => process.exit(0)))
