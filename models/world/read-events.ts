import { join } from 'node:path'
import { inputFile } from '../../replay/input-file.js'
import { readJsonl } from '../../replay/jsonl.js'
import { createCodec } from '../../schemas/codec.js'
import type { Events } from '../../schemas/events.js'
import { ourSchemas } from '../../schemas/versions.js'

type InputName =
  'VideoUploaded' | 'AsrTranscribed' | 'OcrRecognized' | 'ResultsShown' | 'ResultClicked' | 'VideoWatched'

/** An event of a world's log with its name. */
export type WorldEvent = { [Name in InputName]: { readonly name: Name; readonly event: Events[Name] } }[InputName]

/**
 * The events of a world folder in the order of its log, validated as `kinora replay events` validates them. Reads as
 * they are taken. Throws a RecordError whose message starts with `file:line:`, or COMMAND_INVALID when there is no log.
 */
export async function* readEvents(world: string): AsyncGenerator<WorldEvent> {
  const codec = createCodec(ourSchemas())
  for await (const { topic, value } of readJsonl(inputFile(join(world, 'events.jsonl')), { codec }))
    yield { name: topic.event, event: codec.decode(topic.event, value) } as WorldEvent
}
