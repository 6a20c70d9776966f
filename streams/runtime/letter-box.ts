import type { Kafka, Message, Producer } from 'kafkajs'
import type { Logger } from 'pino'
import { messageOf } from '../../errors/errors.js'
import type { Codec } from '../../schemas/codec.js'
import type { DeadLettered } from '../../schemas/events.js'
import { backOff } from './back-off.js'
import { letterKey } from './dead-letter.js'

export interface LetterBoxSettings {
  readonly kafka: Kafka
  readonly codec: Codec
  /** The name in Kafka. */
  readonly topic: string
  readonly logger: Logger
}

/** Letters sent together have at most these bytes, unless one alone has more: the topic takes batches of 8 MiB. */
const CHUNK_BYTES = 1024 * 1024

/** Sends the dead letters of a sink, each at least once. */
export class LetterBox {
  private readonly producer: Producer
  private isClosing = false

  constructor(private readonly settings: LetterBoxSettings) {
    this.producer = settings.kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  }

  connect(): Promise<void> {
    return this.producer.connect()
  }

  /** Waits as long as Kafka is down. @throws what no waiting mends, or anything once the box is closing */
  async send(letters: readonly DeadLettered[]): Promise<void> {
    const { codec, topic } = this.settings
    const messages = letters.map((letter) => ({ key: letterKey(letter), value: codec.encode('DeadLettered', letter) }))
    for (const chunk of chunksOf(messages)) await this.insist(() => this.producer.send({ topic, messages: chunk }))
  }

  /** What is being sent gets one more try. */
  giveUp(): void {
    this.isClosing = true
  }

  close(): Promise<void> {
    return this.producer.disconnect()
  }

  private async insist(send: () => Promise<unknown>): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        await send()
        return
      } catch (error) {
        if (this.isClosing || !isPassing(error)) throw error
        this.settings.logger.warn({ reason: messageOf(error), attempt }, 'Kafka is down, dead letters wait')
        await backOff(attempt)
      }
    }
  }
}

/** kafkajs wraps what it has retried in vain in an error that is not to be retried; the innermost one tells. */
export function isPassing(error: unknown): boolean {
  const { cause, retriable } = error as { cause?: unknown; retriable?: boolean }
  return cause === undefined ? retriable === true : isPassing(cause)
}

export function chunksOf<M extends Pick<Message, 'key' | 'value'>>(messages: readonly M[]): M[][] {
  const chunks: M[][] = []
  let bytes = Infinity
  for (const message of messages) {
    const size = (message.key?.length ?? 0) + (message.value?.length ?? 0)
    if (bytes + size > CHUNK_BYTES) {
      chunks.push([])
      bytes = 0
    }
    chunks.at(-1)!.push(message)
    bytes += size
  }
  return chunks
}
