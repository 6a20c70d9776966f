import type { EventName, Events } from '../../schemas/events.js'
import type { Provenance, SinkRecord } from '../../streams/sinks/sink.js'

/** A record as a sink gets it; its topic does not matter to one. */
export const sinkRecord = <Name extends EventName>(
  event: Name,
  value: Events[Name],
  offset: number,
  more: Partial<Provenance> = {},
): SinkRecord<Name> => ({ topic: 'topic', partition: 3, offset, receivedAt: 1_700_000_000_500, ...more, event, value })
