import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { packageRoot } from '../../config/package-root.js'
import type { Outcome } from '../../schemas/events.js'
import type { TopicAccount } from '../../demo/account.js'
import { jsonLines, kinora } from '../helpers/kinora.js'
import { asTsv, makeRows } from '../helpers/kuairand.js'

/** Real logs where they are at hand (their licence keeps them out of the repository), else made-up ones of that shape. */
const realLog = join(packageRoot(), '..', 'shared', 'data', 'kuairand-sample', 'kuairand.tsv')

interface Row {
  user_id: string
  video_id: string
  time_ms: string
  long_view: string
}

function readRows(tsv: string): Row[] {
  const [header, ...lines] = tsv.trimEnd().split('\n')
  const names = header!.split('\t')
  return lines.map((line) => Object.fromEntries(line.split('\t').map((cell, i) => [names[i]!, cell])) as unknown as Row)
}

const keyOf = (user: string, video: string, time: number): string => `${user}/${video}/${time}`

describe('kinora replay kuairand', () => {
  let folder = ''
  let file = ''
  let rows: Row[] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kinora-test-'))
    const tsv = existsSync(realLog) ? readFileSync(realLog, 'utf8') : asTsv(makeRows(2_000))
    file = join(folder, 'log.tsv')
    await writeFile(file, tsv)
    rows = readRows(tsv)
  })

  afterAll(() => rm(folder, { recursive: true, force: true }))

  const replay = async () => {
    const run = await kinora(['replay', 'kuairand', file, '--wait', '--json'], folder)
    expect({ code: run.code, err: run.err }).toMatchObject({ code: 0 })
    return (JSON.parse(run.out) as { topics: TopicAccount[] }).topics
  }

  const outcomes = async () => kinora(['-n', 'replay', 'outcomes', '--format', 'jsonl'], folder)

  it('accounts for every record, and finds the long view that the platform logged on every row', async () => {
    const account = await replay()
    const impressions = account.find(({ topic }) => topic === 'search.impressions')!
    const distinct = new Map(rows.map((row) => [keyOf(row.user_id, row.video_id, Number(row.time_ms)), row.long_view]))
    expect(impressions).toMatchObject({ in: rows.length, used: distinct.size, duplicate: rows.length - distinct.size })
    for (const { in: sent, used, duplicate, late, orphan, dead } of account)
      expect(used + duplicate + late + orphan + dead).toBe(sent)

    const found = jsonLines<Outcome>(await outcomes())
    const wrong = found.filter(
      ({ user_id, video_id, shown_at, long_view }) =>
        (distinct.get(keyOf(user_id, video_id, shown_at)) === '1') !== long_view,
    )
    expect(found).toHaveLength(distinct.size)
    expect(wrong).toEqual([])
  }, 240_000)

  it('changes nothing when everything is sent a second time', async () => {
    const before = (await outcomes()).out
    const account = await replay()
    expect(account.map(({ topic, used }) => ({ topic, used }))).toEqual(
      account.map(({ topic }) => ({ topic, used: 0 })),
    )
    expect((await outcomes()).out).toBe(before)
  }, 240_000)

  it('finds the same outcomes by SQL over the raw events', async () => {
    const { code, out, err } = await kinora(['-n', 'replay', 'parity'], folder)
    expect({ code, out, err }).toMatchObject({ code: 0 })
  }, 120_000)
})
