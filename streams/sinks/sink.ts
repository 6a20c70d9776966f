import type { ErrorCode } from '../../errors/codes.js'
import type { EventName, Events } from '../../schemas/events.js'
import type { Topic } from '../topics.js'

/** Where a record was, and when Kafka received it (epoch ms). Offsets of one partition order what the stores keep. */
export interface Provenance {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly receivedAt: number
}

/** A decoded, valid record on its way into a store, told apart by `event`. */
export type SinkRecord<Name extends EventName = EventName> = {
  [One in Name]: Provenance & { readonly event: One; readonly value: Events[One] }
}[Name]

/** A record that a store refused as data, for the dead letters. */
export interface DeadRecord<Name extends EventName = EventName> {
  readonly record: SinkRecord<Name>
  readonly code: ErrorCode
  readonly reason: string
}

/** What a sink hands back: everything that is not in `dead` is stored. */
export interface Stored<Name extends EventName = EventName> {
  readonly dead: readonly DeadRecord<Name>[]
}

/**
 * Writes records into a store. Writing them again, or older ones after newer ones, changes nothing.
 * Throws TransientError when the store is down: then some may have been written, and the batch is to be sent again.
 */
export type Store<Name extends EventName = EventName> = (records: readonly SinkRecord<Name>[]) => Promise<Stored<Name>>

/** A stream that ends in a store: its name, what it reads, and how it writes. */
export interface Sink<Name extends EventName = EventName> {
  readonly name: string
  readonly reads: readonly Topic<Name>[]
  /** See {@link Store}. A method, so that a sink of one event stands where any sink is asked for. */
  store(records: readonly SinkRecord<Name>[]): Promise<Stored<Name>>
}
