import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCodec } from '../../../schemas/codec.js'
import { adjacentVersions, incompatibilities } from '../../../schemas/compatibility.js'
import type { Events } from '../../../schemas/events.js'
import { ourSchemas, readSchemas } from '../../../schemas/versions.js'
import { sampleEvents } from '../../helpers/sample-events.js'

interface Field {
  name: string
  type: unknown
  default?: unknown
}

const click: Field[] = [
  { name: 'request_id', type: 'string' },
  { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
  { name: 'user_id', type: 'string' },
  { name: 'video_id', type: 'string' },
  { name: 'position', type: ['null', 'long'], default: null },
]
const surface: Field = { name: 'surface', type: ['null', 'string'], default: null }

describe('our schemas', () => {
  const pairs = adjacentVersions(ourSchemas())

  it('count their versions from 1 without gaps', () => {
    expect(ourSchemas().length).toBe(new Set(ourSchemas().map(({ event }) => event)).size + pairs.length)
  })

  // A table may not be empty: the first entry holds a version against itself.
  it.each([[ourSchemas()[0]!, ourSchemas()[0]!] as const, ...pairs])(
    'go together, version by version: %#',
    (older, newer) => {
      expect(incompatibilities(older, newer)).toEqual([])
    },
  )
})

describe('schema versions', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kinora-schemas-'))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  const release = (version: number, fields: Field[], name = 'ResultClicked', file = 'result-clicked') => {
    const schema = { type: 'record', namespace: 'kinora', name, fields }
    writeFileSync(join(folder, `${file}.v${version}.avsc`), JSON.stringify(schema))
  }
  const problems = (older: Field[], newer: Field[]): string[] => {
    release(1, older)
    release(2, newer)
    return adjacentVersions(readSchemas(folder)).flatMap((pair) => incompatibilities(...pair))
  }

  it('go together when a field with a default comes, goes or moves', () => {
    expect(problems(click, [surface, ...click])).toEqual([])
    expect(problems([...click, surface], click)).toEqual([])
    expect(problems(click, click.toReversed())).toEqual([])
  })

  it.each<[string, Field[], RegExp]>([
    ['a new field has no default', [...click, { name: 'surface', type: 'string' }], /v2 cannot read v1: .*surface/],
    ['a required field goes', click.slice(1), /v1 cannot read v2: .*request_id/],
    ['a type changes', [{ name: 'request_id', type: 'long' }, ...click.slice(1)], /v2 cannot read v1/],
    ['a field is renamed', [{ name: 'query_id', type: 'string' }, ...click.slice(1)], /v2 cannot read v1: .*query_id/],
    [
      'a required field becomes nullable, for the old reader',
      [{ name: 'request_id', type: ['null', 'string'], default: null }, ...click.slice(1)],
      /v1 cannot read v2/,
    ],
  ])('do not go together when %s', (_, newer, message) => {
    expect(problems(click, newer).join('\n')).toMatch(message)
  })

  it('are read as the newest one, however old the writer', () => {
    release(1, click.slice(0, 4))
    const first = createCodec(readSchemas(folder)).encode('ResultClicked', sampleEvents.ResultClicked)
    release(2, click)
    const second = createCodec(readSchemas(folder)).encode('ResultClicked', sampleEvents.ResultClicked)
    release(3, [surface, ...click.toReversed()])
    const codec = createCodec(readSchemas(folder))
    expect({ ...codec.decode('ResultClicked', first) }).toEqual({
      ...sampleEvents.ResultClicked,
      position: null,
      surface: null,
    })
    expect({ ...codec.decode('ResultClicked', second) }).toEqual({ ...sampleEvents.ResultClicked, surface: null })
    expect(codec.eventNameOf(first)).toBe('ResultClicked')
    expect(codec.encode('ResultClicked', sampleEvents.ResultClicked).subarray(0, 10)).not.toEqual(
      second.subarray(0, 10),
    )
  })

  it('skip what the newest one no longer has, without trusting its lengths', () => {
    release(1, [{ name: 'tags', type: { type: 'array', items: 'string' } }, ...click])
    const bytes = createCodec(readSchemas(folder)).encode('ResultClicked', {
      ...sampleEvents.ResultClicked,
      tags: ['a', 'b'],
    } as unknown as Events['ResultClicked'])
    release(2, click)
    const codec = createCodec(readSchemas(folder))
    expect({ ...codec.decode('ResultClicked', bytes) }).toEqual(sampleEvents.ResultClicked)
    for (const hostile of ['01ff01', '01ffffffffffffffffff01', 'feffffffffffffffff01', '03808080808004']) {
      const mutated = Buffer.concat([bytes.subarray(0, 10), Buffer.from(hostile, 'hex'), bytes.subarray(16)])
      expect(() => codec.decode('ResultClicked', mutated)).toThrow('cannot decode')
    }
  })

  it('that differ in docs and defaults only are read alike', () => {
    release(1, click)
    release(2, [...click.slice(0, 4), { ...click[4]!, type: ['null', 'long'], default: null }])
    const codec = createCodec(readSchemas(folder))
    const bytes = codec.encode('ResultClicked', sampleEvents.ResultClicked)
    expect({ ...codec.decode('ResultClicked', bytes) }).toEqual(sampleEvents.ResultClicked)
  })

  it('must be named for what they hold', () => {
    release(1, click, 'ResultPressed')
    expect(() => readSchemas(folder)).toThrow('holds kinora.ResultPressed, its name says kinora.ResultClicked')
  })

  it('must have a version in their file name', () => {
    release(1, click)
    writeFileSync(join(folder, 'result-clicked.avsc'), '{}')
    expect(() => readSchemas(folder)).toThrow('the name is not <event>.v<version>.avsc')
  })
})
