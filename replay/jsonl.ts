import { RecordError, messageOf } from '../errors/errors.js'
import { fieldPath, show } from '../schemas/field-path.js'
import { parseEvent } from '../schemas/parse-event.js'
import type { Topic } from '../streams/topics.js'
import { recordsOfLine, type ReadOptions } from './bad-input.js'
import type { InputFile } from './input-file.js'
import { linesOf, type Line } from './lines.js'
import { eventRecord, inputs, type OutgoingRecord } from './record.js'

/** More than the JSON of any event that fits a record; a dead letter keeps this much of a longer line. */
const MAX_LINE_BYTES = 6 * 1024 * 1024

const utf8 = new TextDecoder('utf-8', { fatal: true })
const inputNames = inputs.map(({ name }) => name)

/**
 * The events of a file of `{"topic": "...", "value": {...}}` lines, in order; blank lines are skipped. Every line goes
 * through the validation that all events go through. Reads as the records are taken; memory is bounded.
 * Throws what recordsOfLine throws, and FatalError COMMAND_INVALID when the file cannot be read.
 */
export async function* readJsonl(file: InputFile, options: ReadOptions): AsyncGenerator<OutgoingRecord> {
  for await (const lines of linesOf(file.chunks(), MAX_LINE_BYTES)) {
    for (const line of lines) {
      if (isBlank(line)) continue
      const source = { file, line: line.number, bytes: () => line.bytes }
      for (const record of recordsOfLine(source, options, () => [parseLine(line, options)])) yield record
    }
  }
}

const isBlank = ({ bytes, length }: Line): boolean =>
  length === bytes.length && bytes.every((byte) => byte === 0x20 || byte === 0x09)

function parseLine(line: Line, { codec }: ReadOptions): OutgoingRecord {
  const { topic, value } = envelope(jsonOf(line))
  // Input events all carry `at`.
  return eventRecord(codec, topic, parseEvent(topic.event, value) as ReturnType<typeof parseEvent> & { at: number })
}

function jsonOf({ bytes, length }: Line): unknown {
  if (length > bytes.length) throw undecodable(`the line has ${length} bytes, more than ${MAX_LINE_BYTES}`)
  try {
    return JSON.parse(utf8.decode(bytes))
  } catch (error) {
    throw undecodable(`the line is no JSON in UTF-8: ${messageOf(error)}`)
  }
}

function envelope(json: unknown): { topic: Topic; value: unknown } {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw invalid(`the line is ${show(json)}, not an object with topic and value`)
  }
  const unknown = Object.keys(json).find((key) => key !== 'topic' && key !== 'value')
  if (unknown !== undefined) throw invalid(`${fieldPath([unknown])} is no field of the line; it has topic and value`)
  const { topic: name, value } = json as { topic?: unknown; value?: unknown }
  const topic = inputs.find((input) => input.name === name)
  if (topic === undefined) throw invalid(`topic is ${show(name)}, not one of ${inputNames.join(', ')}`)
  return { topic, value }
}

const undecodable = (message: string): RecordError => new RecordError('RECORD_UNDECODABLE', message)
const invalid = (message: string): RecordError => new RecordError('RECORD_INVALID', message)
