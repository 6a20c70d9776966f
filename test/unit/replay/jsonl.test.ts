import { describe, expect, it } from '@jest/globals'
import { KinoraError } from '../../../errors/errors.js'
import type { OnBadLine } from '../../../replay/bad-input.js'
import { inputFile } from '../../../replay/input-file.js'
import { readJsonl } from '../../../replay/jsonl.js'
import type { OutgoingRecord } from '../../../replay/record.js'
import { createCodec } from '../../../schemas/codec.js'
import { ourSchemas } from '../../../schemas/versions.js'
import { inputs } from '../../../replay/record.js'
import { sampleEvents } from '../../helpers/sample-events.js'
import { tempFolder } from '../../helpers/temp-folder.js'

const codec = createCodec(ourSchemas())
const click = sampleEvents.ResultClicked
const line = (topic: string, value: unknown): string => JSON.stringify({ topic, value })
const good = line('search.clicks', click)

async function read(path: string, onBadLine: OnBadLine = 'stop'): Promise<OutgoingRecord[]> {
  const records: OutgoingRecord[] = []
  for await (const record of readJsonl(inputFile(path), { codec, onBadLine, now: () => 42 })) records.push(record)
  return records
}

const failure = async (path: string): Promise<string> => {
  try {
    await read(path)
    return 'none'
  } catch (error) {
    if (error instanceof KinoraError) return `${error.name} ${error.code}: ${error.message}`
    throw error
  }
}

describe('readJsonl: lines → records', () => {
  const folder = tempFolder()

  it('takes every input topic, in the order of the lines, keyed as the topic says', async () => {
    const content = inputs.map(({ name, event }) => line(name, sampleEvents[event])).join('\n')
    const records = await read(folder.write('all.jsonl', content))
    expect(records.map(({ topic, key, at }) => [topic.name, key, at])).toEqual([
      ['video.uploads', 'v1', sampleEvents.VideoUploaded.at],
      ['video.asr', 'v1', sampleEvents.AsrTranscribed.at],
      ['video.ocr', 'v1', sampleEvents.OcrRecognized.at],
      ['search.impressions', 'r1', sampleEvents.ResultsShown.at],
      ['search.clicks', 'r1', sampleEvents.ResultClicked.at],
      ['video.watches', 'r1', sampleEvents.VideoWatched.at],
    ])
    for (const { topic, value } of records) {
      expect({ ...codec.decode(topic.event, value) }).toEqual(sampleEvents[topic.event])
    }
  })

  it('skips blank lines, takes \\r\\n and a missing last line end, fills defaults', async () => {
    const { request_id, at, user_id, video_id } = click
    const records = await read(
      folder.write('a.jsonl', `\n${good}\r\n  \t\n\n${line('search.clicks', { request_id, at, user_id, video_id })}`),
    )
    expect(records.map(({ value }) => codec.decode('ResultClicked', value).position)).toEqual([1, null])
  })

  it.each([
    ['no JSON', '{"topic": "search.clicks", "value": {', 'RECORD_UNDECODABLE', 'the line is no JSON in UTF-8'],
    ['no object', '[1]', 'RECORD_INVALID', 'the line is an array, not an object with topic and value'],
    ['null', 'null', 'RECORD_INVALID', 'the line is null'],
    [
      'an unknown topic',
      line('search.taps', click),
      'RECORD_INVALID',
      'topic is "search.taps", not one of video.uploads,',
    ],
    [
      'a derived topic',
      line('search.outcomes', sampleEvents.RequestClosed),
      'RECORD_INVALID',
      'topic is "search.outcomes"',
    ],
    ['no topic', '{"value": {}}', 'RECORD_INVALID', 'topic is missing'],
    [
      'a third field',
      '{"topic": "search.clicks", "value": {}, "key": 1}',
      'RECORD_INVALID',
      'key is no field of the line',
    ],
    ['a number as text', line('search.clicks', { ...click, at: '5' }), 'RECORD_INVALID', 'at is "5", not an integer'],
    ['an unknown field', line('search.clicks', { ...click, rank: 5 }), 'RECORD_INVALID', 'rank is no field'],
    [
      'a 1 MB query',
      line('search.impressions', { ...sampleEvents.ResultsShown, query: 'q'.repeat(1e6) }),
      'QUERY_TOO_LONG',
      'query has 1000000 characters',
    ],
    [
      '10,000 results',
      line('search.impressions', {
        ...sampleEvents.ResultsShown,
        results: Array.from({ length: 10_000 }, (_, i) => ({ video_id: `v${i}`, position: i + 1 })),
      }),
      'TOO_MANY_RESULTS',
      'results has 10000',
    ],
    [
      'an event too large for a record',
      line('video.uploads', { ...sampleEvents.VideoUploaded, title: 't'.repeat(1_000_000) }),
      'RECORD_INVALID',
      'bytes, more than 1000000',
    ],
    ['a huge line', `"${'x'.repeat(6 * 1024 * 1024)}"`, 'RECORD_UNDECODABLE', 'the line has 6291458 bytes'],
    ['deep nesting', '['.repeat(100_000), 'RECORD_UNDECODABLE', 'no JSON'],
  ])('stops at a line with %s, and says where and why', async (_, bad, code, message) => {
    const file = folder.write('bad.jsonl', `${good}\n${bad}\n${good}\n`)
    const error = await failure(file)
    expect(error.slice(0, 300)).toContain(`RecordError ${code}: ${file}:2: `)
    expect(error.slice(0, 400)).toContain(message)
  })

  it('stops at bytes that are no UTF-8', async () => {
    const bytes = Buffer.from(good.replace('r1', 'r\u00ff'), 'latin1')
    expect(await failure(folder.write('latin1.jsonl', bytes))).toContain('RECORD_UNDECODABLE')
  })

  it('turns bad lines into dead letters with their bytes and place, and goes on', async () => {
    const bad = Buffer.concat([Buffer.from('{"topic":'), Buffer.from([0xff, 0xfe])])
    const file = folder.write('mixed.jsonl', Buffer.concat([Buffer.from(`${good}\n`), bad, Buffer.from(`\n${good}\n`)]))
    const records = await read(file, 'dead-letter')
    expect(records.map(({ topic }) => topic.name)).toEqual(['search.clicks', 'dead.letters', 'search.clicks'])
    expect(records[1]!.key).toBe('mixed.jsonl-0-2')
    expect({ ...codec.decode('DeadLettered', records[1]!.value) }).toEqual({
      stream: 'replay',
      code: 'RECORD_UNDECODABLE',
      reason: expect.stringContaining('no JSON in UTF-8'),
      topic: 'mixed.jsonl',
      partition: 0,
      offset: 2,
      received_at: 42,
      key: null,
      value: bad,
    })
  })

  it('says which file cannot be read', async () => {
    expect(await failure('/nowhere/events.jsonl')).toMatch(
      /^FatalError COMMAND_INVALID: cannot read \/nowhere\/events.jsonl: .*ENOENT/,
    )
  })
})
