import { describe, expect, it } from '@jest/globals'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../../config/package-root.js'
import { KinoraError } from '../../../errors/errors.js'
import { inputFile } from '../../../replay/input-file.js'
import { readKuaiRand, type KuaiRandOptions } from '../../../replay/kuairand.js'
import type { OutgoingRecord } from '../../../replay/record.js'
import { createCodec } from '../../../schemas/codec.js'
import type { ResultClicked, ResultsShown, VideoWatched } from '../../../schemas/events.js'
import { loadViewThresholds } from '../../../schemas/policies/view-thresholds.js'
import { ourSchemas } from '../../../schemas/versions.js'
import { longViewNeedsMs } from '../../../streams/behavior/outcome.js'
import { asCsv, asTsv, makeRows, type MadeRow } from '../../helpers/kuairand.js'
import { tempFolder } from '../../helpers/temp-folder.js'

const codec = createCodec(ourSchemas())
const realFile = join(packageRoot(), '..', 'shared', 'data', 'kuairand-sample', 'kuairand.tsv')

async function read(path: string, options: Partial<KuaiRandOptions> = {}): Promise<OutgoingRecord[]> {
  const records: OutgoingRecord[] = []
  for await (const record of readKuaiRand(inputFile(path), { codec, ...options })) records.push(record)
  return records
}

const decoded = (records: readonly OutgoingRecord[]): object[] =>
  records.map(({ topic, value }) => ({ ...codec.decode(topic.event, value) }))

const failure = async (path: string): Promise<string> => {
  try {
    await read(path)
    return 'none'
  } catch (error) {
    if (error instanceof KinoraError) return `${error.name} ${error.code}: ${error.message}`
    throw error
  }
}

const header = 'user_id,video_id,time_ms,is_click,long_view,play_time_ms,duration_ms'
const id = expect.stringMatching(/^[0-9a-f]{32}$/) as unknown

describe('readKuaiRand: a row → impression, click, watch', () => {
  const folder = tempFolder()
  const write = (...rows: string[]) => folder.write('log.csv', [header, ...rows, ''].join('\n'))

  it('makes a clicked and watched row three events of one request, the click and the watch a second later', async () => {
    const records = await read(write('7,99,1649581149287,1,1,46186,45916'))
    const [shown, clicked, watched] = decoded(records) as [ResultsShown, ResultClicked, VideoWatched]
    expect(records.map(({ topic }) => topic.name)).toEqual(['search.impressions', 'search.clicks', 'video.watches'])
    expect(shown).toEqual({
      request_id: id,
      at: 1649581149287,
      user_id: '7',
      query: '',
      device: '',
      results: [{ video_id: '99', position: 1, duration_ms: 45916 }],
      variants: {},
      model_set: null,
      served_features_at: null,
    })
    const { request_id } = shown
    const reaction = { request_id, at: 1649581150287, user_id: '7', video_id: '99' }
    expect(clicked).toEqual({ ...reaction, position: 1 })
    expect(watched).toEqual({
      ...reaction,
      play_id: request_id,
      watched_ms: 46186,
      duration_ms: 45916,
      autoplay: false,
    })
    expect(records.map(({ key }) => key)).toEqual([request_id, request_id, request_id])
  })

  it.each([
    ['without a click: the watch is autoplay', '7,99,5,0,0,100,45916', [{}, { watched_ms: 100, autoplay: true }]],
    ['nothing played: no watch', '7,99,5,1,0,0,45916', [{}, { position: 1 }]],
    ['only shown', '7,99,5,0,0,0,45916', [{}]],
    [
      'duration 0 is unknown',
      '7,99,5,0,0,100,0',
      [{ results: [{ video_id: '99', position: 1, duration_ms: null }] }, { duration_ms: null }],
    ],
    [
      'an empty duration is unknown',
      '7,99,5,0,0,100,',
      [{ results: [{ video_id: '99', position: 1, duration_ms: null }] }, { duration_ms: null }],
    ],
    ['numbers as floating point', '7,99,5.0,1.0,0,0.0,45916.0', [{ at: 5 }, { at: 1005 }]],
    [
      'quoted cells',
      '"7","a ""b"", c",5,0,0,0,1',
      [{ user_id: '7', results: [{ video_id: 'a "b", c', position: 1, duration_ms: 1 }] }],
    ],
  ])('%s', async (_, row, events) => {
    expect(decoded(await read(write(row)))).toEqual(events.map((event) => expect.objectContaining(event)))
  })

  it('gives a repeated row the same events, another time, user or video another request', async () => {
    const rows = ['7,99,5,0,0,1,1', '7,99,5,0,0,1,1', '7,99,6,0,0,1,1', '8,99,5,0,0,1,1', '7,98,5,0,0,1,1']
    const shown = (await read(write(...rows))).filter(({ topic }) => topic.name === 'search.impressions')
    expect(new Set(shown.map(({ key }) => key)).size).toBe(4)
    expect(new Set(shown.map(({ value }) => value.toString('hex'))).size).toBe(4)
  })

  it('sends rows in order of their time, rows of one time in order of the file', async () => {
    const rows = ['1,v,30,0,0,0,1', '2,v,10,0,0,0,1', '3,v,20,0,0,0,1', '4,v,10,0,0,0,1']
    for (const sort of [
      { maxInMemory: 100, maxMerged: 2 },
      { maxInMemory: 1, maxMerged: 2 },
    ]) {
      const events = decoded(await read(write(...rows), { sort })) as ResultsShown[]
      expect(events.map(({ at, user_id }) => [at, user_id])).toEqual([
        [10, '2'],
        [10, '4'],
        [20, '3'],
        [30, '1'],
      ])
    }
  })

  it('reads the tab separated cut and the public CSV alike, whatever the order of their columns', async () => {
    const rows = makeRows(500)
    const tsv = decoded(await read(folder.write('cut.tsv', asTsv(rows))))
    const csv = decoded(await read(folder.write('public.csv', asCsv(rows).replaceAll('\n', '\r\n'))))
    expect(csv).toEqual(tsv)
    expect(tsv.length).toBeGreaterThan(900)
  })

  it('does without the columns that may be missing, and with a byte order mark', async () => {
    const file = folder.write('short.csv', '\uFEFFtime_ms,is_click,user_id,video_id\n5,1,7,99\n')
    expect(decoded(await read(file))).toEqual([
      expect.objectContaining({ at: 5 }),
      expect.objectContaining({ at: 1005 }),
    ])
  })

  it.each([
    [
      'another header',
      'a,b\n1,2\n',
      'FatalError COMMAND_INVALID: FILE is no KuaiRand log: no column user_id, video_id, time_ms, is_click',
    ],
    ['nothing', '', 'FatalError COMMAND_INVALID: FILE is empty'],
    [
      'a short row',
      `${header}\n7,99,5,0,0,0,1\n7,99,6\n`,
      'RecordError RECORD_INVALID: FILE:3: the line has 3 columns, the header 7',
    ],
    ['a time that is none', `${header}\n7,99,now,0,0,0,1\n`, 'RecordError RECORD_INVALID: FILE:2: time_ms is "now"'],
    ['a negative time', `${header}\n7,99,-5,0,0,0,1\n`, 'RecordError RECORD_INVALID: FILE:2: time_ms is "-5"'],
    ['a negative play', `${header}\n7,99,5,0,0,-1,1\n`, 'RecordError RECORD_INVALID: FILE:2: play_time_ms is "-1"'],
    ['NaN', `${header}\n7,99,5,0,0,NaN,1\n`, 'RecordError RECORD_INVALID: FILE:2: play_time_ms is "NaN"'],
    ['a click of 2', `${header}\n7,99,5,2,0,0,1\n`, 'RecordError RECORD_INVALID: FILE:2: is_click is 2'],
    ['an empty user', `${header}\n,99,5,0,0,0,1\n`, 'RecordError RECORD_INVALID: FILE:2: user_id is empty'],
    [
      'a play of 31 days',
      `${header}\n7,99,5,0,0,2678400000,1\n`,
      'RecordError RECORD_INVALID: FILE:2: watched_ms is 2678400000',
    ],
    ['an open quote', `${header}\n7,"99,5,0,0,0,1\n`, 'RecordError RECORD_INVALID: FILE:2: the line is no CSV'],
    [
      'a huge line',
      `${header}\n${'7'.repeat(70_000)}\n`,
      'RecordError RECORD_UNDECODABLE: FILE:2: the line has 70000 bytes',
    ],
  ])('says where and why it stops at %s', async (_, content, message) => {
    const file = folder.write('bad.csv', content)
    expect((await failure(file)).replaceAll(file, 'FILE')).toContain(message)
  })

  it('turns bad rows into dead letters with their bytes, and sends the others', async () => {
    const bad = Buffer.concat([Buffer.from('7,\xff\x00,', 'latin1'), Buffer.from('later,0,0,0,1\r')])
    const file = folder.write(
      'mixed.csv',
      Buffer.concat([Buffer.from(`${header}\n7,99,5,0,0,0,1\n`), bad, Buffer.from('\r\n')]),
    )
    const records = await read(file, { onBadLine: 'dead-letter', sort: { maxInMemory: 1, maxMerged: 2 } })
    expect(records.map(({ topic }) => topic.name)).toEqual(['dead.letters', 'search.impressions'])
    expect(codec.decode('DeadLettered', records[0]!.value)).toMatchObject({ topic: 'mixed.csv', offset: 3, value: bad })
  })
})

/** The real sample where it exists (its licence and size keep it out of the repository), else one of the same shape. */
const logs = [
  { name: 'a made-up log', rows: () => makeRows(3000, 7), tsv: () => asTsv(makeRows(3000, 7)) },
  ...(existsSync(realFile)
    ? [{ name: 'the real log', rows: realRows, tsv: () => readFileSync(realFile, 'utf8') }]
    : []),
]

function realRows(): MadeRow[] {
  const [head, ...lines] = readFileSync(realFile, 'utf8').trimEnd().split('\n')
  const names = head!.split('\t')
  const texts = new Set(['user_id', 'video_id', 'hourmin', 'date', 'timestamp'])
  return lines.map((line) => {
    const cells = line.split('\t').map((text, i) => [names[i]!, texts.has(names[i]!) ? text : Number(text)] as const)
    return Object.fromEntries(cells) as unknown as MadeRow
  })
}

describe.each(logs)('readKuaiRand on $name', ({ rows: rowsOf, tsv }) => {
  const folder = tempFolder()
  const thresholds = loadViewThresholds()

  it('sends every row: its impression, its click, its watch, in order of time', async () => {
    const rows = rowsOf()
    const records = await read(folder.write('log.tsv', tsv()))
    const count = (name: string) => records.filter(({ topic }) => topic.name === name).length
    expect([count('search.impressions'), count('search.clicks'), count('video.watches')]).toEqual([
      rows.length,
      rows.filter(({ is_click }) => is_click === 1).length,
      rows.filter(({ play_time_ms }) => play_time_ms > 0).length,
    ])
    const times = records.flatMap(({ topic, at }) => (topic.name === 'search.impressions' ? [at!] : []))
    expect(times).toEqual(rows.map(({ time_ms }) => time_ms).sort((a, b) => a - b))
    const requests = new Set(rows.map(({ user_id, video_id, time_ms }) => `${user_id} ${video_id} ${time_ms}`))
    expect(new Set(records.map(({ key }) => key)).size).toBe(requests.size)
  })

  it("carries what the platform's own long_view is computed from", async () => {
    const records = await read(folder.write('log.tsv', tsv()))
    const watched = new Map<string, number>()
    for (const { topic, value } of records) {
      if (topic.name !== 'video.watches') continue
      const { request_id, watched_ms } = codec.decode('VideoWatched', value)
      watched.set(request_id, watched_ms)
    }
    const answers = rowsOf()
      .sort((a, b) => a.time_ms - b.time_ms)
      .map(({ long_view }) => long_view === 1)
    const ours = records.flatMap(({ topic, value }) => {
      if (topic.name !== 'search.impressions') return []
      const { request_id, results } = codec.decode('ResultsShown', value)
      return [(watched.get(request_id) ?? 0) >= longViewNeedsMs(results[0]!.duration_ms, thresholds)]
    })
    expect(ours.filter((long, row) => long !== answers[row])).toEqual([])
    expect(ours.filter(Boolean).length).toBeGreaterThan(100)
  })
})
