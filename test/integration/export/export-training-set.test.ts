import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { cp, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { pino } from 'pino'
import { exportTrainingSet, type ExportOptions } from '../../../export/export-training-set.js'
import { splitNames, splitOf } from '../../../export/split.js'
import type { TrainingSample } from '../../../schemas/events.js'
import { startEmbeddedClickHouse, type EmbeddedClickHouse } from '../../../stores/clickhouse/embedded.js'
import { migrate } from '../../../stores/clickhouse/migrate.js'
import { ensureDatabase, openWarehouse, type Warehouse } from '../../../stores/clickhouse/warehouse.js'
import { runTypeScript } from '../../helpers/run-typescript.js'
import { until } from '../../helpers/until.js'

const MINUTE = 60_000
const from = 1_700_000_000_000
const to = from + 30 * MINUTE
const split = { train: 0.6, validation: 0.2, test: 0.2 }
const quantiles = [null, 0, 1 / 3, 0.1 + 0.2, 2 / 101]

/** A sample a second, of both domains in turn, with queries that SQL and JSON could stumble over. */
const samples: TrainingSample[] = Array.from({ length: 1_900 }, (_, i) => {
  const content = i % 2 === 0
  const quantile = content ? quantiles[i % quantiles.length]! : null
  return {
    request_id: `r${i >> 2}`,
    video_id: `v${i}`,
    user_id: 'ann',
    query: `${["红烧肉 '做法'", 'a\\b\n"c"', '', '😀 \t'][i % 4]!} ${i % 37}`,
    position: 1 + (i % 20),
    shown_at: from - MINUTE + (i >> 2) * 4_000,
    domain: content ? 'content' : 'perception',
    grade: content ? (i >> 1) % 4 : 1,
    reason: 'watched',
    weight: content ? 0.5 : 1,
    quantile,
    policy: content ? 'content-v1' : 'perception-v1',
    calibration: quantile === null ? null : 'c1',
  }
})
/** Every second one lost its grade; the others got another one. */
const relabelled = samples.slice(400, 420).map((sample, i) => ({ ...sample, grade: i % 2 === 0 ? null : 3 }))

const order = (a: TrainingSample, b: TrainingSample) =>
  a.shown_at - b.shown_at ||
  (a.request_id < b.request_id ? -1 : Number(a.request_id > b.request_id)) ||
  a.position - b.position
const isGraded = (sample: TrainingSample | (typeof relabelled)[number]): sample is TrainingSample =>
  sample.grade !== null
const current = [...samples.slice(0, 400), ...relabelled.filter(isGraded), ...samples.slice(420)]
const expected = current.filter((one) => one.shown_at >= from && one.shown_at < to).sort(order)

let folder: string
let clickhouse: EmbeddedClickHouse
let warehouse: Warehouse

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'export-'))
  clickhouse = await startEmbeddedClickHouse({ dataDir: join(folder, 'clickhouse'), logger: pino({ level: 'silent' }) })
  const options = { url: clickhouse.url, database: 'kinora_export' }
  await ensureDatabase(options)
  warehouse = openWarehouse(options)
  await migrate(warehouse)
  await warehouse.insert(
    'samples',
    samples.map((one, i) => ({ ...one, source_partition: 0, source_offset: i })),
  )
  await warehouse.insert(
    'relabelled_samples',
    relabelled.map((sample) => ({ ...sample, version: 1 })),
  )
})

afterAll(async () => {
  await warehouse.close()
  await clickhouse.stop()
  await rm(folder, { recursive: true, force: true })
})

const options = (name: string, more: Partial<ExportOptions> = {}): ExportOptions => ({
  warehouse,
  out: join(folder, name),
  from,
  to,
  format: 'jsonl',
  split,
  domains: ['perception', 'content'],
  policies: ['perception-v1', 'content-v1'],
  chunkRows: 300,
  ...more,
})

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

/** Every file of a folder with a digest of its bytes. */
async function bytesOf(out: string): Promise<Record<string, string>> {
  const names = (await readdir(out, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  const paths = names.map(({ parentPath, name }) => join(parentPath, name)).sort()
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path.slice(out.length + 1), digest(await readFile(path))] as const)),
  )
}

const readLines = async (path: string): Promise<TrainingSample[]> =>
  (await readFile(path, 'utf8'))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as TrainingSample)

describe('exportTrainingSet', () => {
  it('writes every sample of the range once, as it is now, into the split of its query', async () => {
    const { out } = options('jsonl')
    const manifest = await exportTrainingSet(options('jsonl'))
    for (const name of splitNames) {
      const files = manifest.files.filter((file) => file.split === name)
      const rows = (await Promise.all(files.map(({ path }) => readLines(join(out, path))))).flat()
      expect(rows).toEqual(expected.filter(({ query }) => splitOf(query, split) === name))
    }
    expect(manifest.rows).toBe(expected.length)
  })

  it('describes its files, counts and lineage in a manifest', async () => {
    const { out } = options('jsonl')
    const manifest = JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8')) as Awaited<
      ReturnType<typeof exportTrainingSet>
    >
    expect(manifest.files.length).toBeGreaterThan(12)
    for (const { path, bytes, sha256, rows } of manifest.files) {
      const content = await readFile(join(out, path))
      expect([bytes, sha256]).toEqual([content.length, digest(content)])
      expect(rows).toBe((await readLines(join(out, path))).length)
    }
    const contentGrade3 = expected.filter(
      (one) => one.domain === 'content' && one.grade === 3 && splitOf(one.query, split) === 'train',
    )
    expect(manifest.counts.train.content?.[3]).toBe(contentGrade3.length)
    expect(manifest.calibrations.map(({ calibration }) => calibration)).toEqual([null, 'c1'])
    expect(manifest.parameters).toMatchObject({ database: 'kinora_export', from, to, chunk_rows: 300 })
    expect(Object.keys(await bytesOf(out)).sort()).toEqual(
      ['manifest.json', ...manifest.files.map(({ path }) => path)].sort(),
    )
  })

  it('writes the same rows as Parquet, with types and nulls', async () => {
    const manifest = await exportTrainingSet(options('parquet', { format: 'parquet' }))
    const glob = join(folder, 'parquet', '*', '*.parquet')
    const rows = await warehouse.rows<TrainingSample>(`SELECT * FROM file('${glob}', Parquet)`)
    expect(rows.sort(order)).toEqual(expected)
    expect(manifest.rows).toBe(expected.length)
    for (const { path, rows: count } of manifest.files) {
      const [found] = await warehouse.rows<{ n: number }>(
        `SELECT count() AS n FROM file('${join(folder, 'parquet', path)}', Parquet)`,
      )
      expect(found!.n).toBe(count)
    }
  })

  it('leaves out what was not asked for', async () => {
    const manifest = await exportTrainingSet(
      options('content', { domains: ['content'], split: { train: 1, validation: 0, test: 0 } }),
    )
    expect(manifest.rows).toBe(expected.filter(({ domain }) => domain === 'content').length)
    expect(manifest.policies.map(({ policy }) => policy)).toEqual(['content-v1'])
    expect(await readdir(join(folder, 'content', 'test'))).toEqual([])
  })

  it('gives a manifest also where there is nothing to export', async () => {
    const manifest = await exportTrainingSet(options('nothing', { from: 0, to: 1 }))
    expect([manifest.rows, manifest.files]).toEqual([0, []])
  })

  it.each(['jsonl', 'parquet'] as const)(
    'killed again and again in %s, ends with the bytes of an undisturbed run',
    async (format) => {
      const disturbed = options(`killed-${format}`, { format })
      const inChild = JSON.stringify({ ...disturbed, warehouse: undefined })
      for (const chunk of [1, 1, 3, 4]) {
        const child = runTypeScript(
          'test/helpers/export-process.ts',
          [clickhouse.url, 'kinora_export', inChild],
          'inherit',
        )
        const exited = once(child, 'exit')
        // A file of this chunk is being written.
        await until(
          async () => {
            const names = await readdir(join(disturbed.out, 'train')).catch(() => [])
            return names.some((name) => name.startsWith(`part-0000${chunk}.${format}.`))
          },
          { everyMs: 1 },
        )
        child.kill('SIGKILL')
        expect(await exited).toEqual([null, 'SIGKILL'])
        expect(await readdir(disturbed.out)).not.toContain('manifest.json')
      }
      await exportTrainingSet(disturbed)
      await exportTrainingSet(options(`calm-${format}`, { format }))
      expect(await bytesOf(disturbed.out)).toEqual(await bytesOf(join(folder, `calm-${format}`)))
    },
  )

  it('stops when it is told to, and goes on later', async () => {
    const stop = new AbortController()
    const onProgress = ({ chunksDone }: { chunksDone: number }) => {
      if (chunksDone === 2) stop.abort(new Error('enough'))
    }
    await expect(exportTrainingSet(options('stopped', { signal: stop.signal, onProgress }))).rejects.toThrow('enough')
    const seen: number[] = []
    await exportTrainingSet(options('stopped', { onProgress: ({ chunksDone }) => seen.push(chunksDone) }))
    expect(seen).toEqual([2, 3, 4, 5, 6, 7])
    expect(await bytesOf(join(folder, 'stopped'))).toEqual(await bytesOf(join(folder, 'jsonl')))
  })

  it('writes a chunk again whose files were cut or removed before it went on', async () => {
    const stop = new AbortController()
    const onProgress = ({ chunksDone }: { chunksDone: number }) => {
      if (chunksDone === 3) stop.abort(new Error('enough'))
    }
    await expect(exportTrainingSet(options('cut', { signal: stop.signal, onProgress }))).rejects.toThrow('enough')
    await rm(join(folder, 'cut/train/part-00000.jsonl'))
    await truncate(join(folder, 'cut/test/part-00002.jsonl'), 10)
    await exportTrainingSet(options('cut'))
    expect(await bytesOf(join(folder, 'cut'))).toEqual(await bytesOf(join(folder, 'jsonl')))
  })

  it('returns the manifest of a finished export and touches nothing', async () => {
    const before = await stat(join(folder, 'jsonl/train/part-00000.jsonl'))
    const manifest = await exportTrainingSet(options('jsonl'))
    expect(manifest).toEqual(JSON.parse(await readFile(join(folder, 'jsonl/manifest.json'), 'utf8')))
    expect((await stat(join(folder, 'jsonl/train/part-00000.jsonl'))).mtimeMs).toBe(before.mtimeMs)
  })

  it('refuses to go on with other parameters, naming them, whether the export is finished or not', async () => {
    const refused = {
      code: 'COMMAND_INVALID',
      message: expect.stringContaining(`to was ${to}, is now ${to - 1}`) as unknown,
    }
    await expect(exportTrainingSet(options('jsonl', { to: to - 1 }))).rejects.toMatchObject(refused)
    const stopped = { signal: AbortSignal.abort(new Error('enough')) }
    await expect(exportTrainingSet(options('other', stopped))).rejects.toThrow('enough')
    await expect(
      exportTrainingSet(
        options('other', {
          onProgress: () => {
            throw new Error('later')
          },
        }),
      ),
    ).rejects.toThrow('later')
    await expect(exportTrainingSet(options('other', { to: to - 1 }))).rejects.toMatchObject(refused)
  })

  it('refuses a folder with other things in it, and leaves them alone', async () => {
    await cp(join(folder, 'jsonl'), join(folder, 'strange'), { recursive: true })
    await rm(join(folder, 'strange/manifest.json'))
    await writeFile(join(folder, 'strange/notes.txt'), 'mine')
    const before = await bytesOf(join(folder, 'strange'))
    await expect(exportTrainingSet(options('strange'))).rejects.toMatchObject({ code: 'COMMAND_INVALID' })
    expect(await bytesOf(join(folder, 'strange'))).toEqual(before)
  })

  it('refuses a second export into the same folder at the same time', async () => {
    const both = await Promise.allSettled([exportTrainingSet(options('twice')), exportTrainingSet(options('twice'))])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await bytesOf(join(folder, 'twice'))).toEqual(await bytesOf(join(folder, 'jsonl')))
  })

  /** The warehouse, in which a sample away from all others changes after each of the first `times` files is written. */
  const restless = (times: number, change: (n: number) => Promise<void>): Warehouse => ({
    database: warehouse.database,
    command: (sql) => warehouse.command(sql),
    insert: (table, rows) => warehouse.insert(table, rows),
    rows: (sql) => warehouse.rows(sql),
    stream: (sql) => warehouse.stream(sql),
    close: () => warehouse.close(),
    toFile: async (sql, path, format) => {
      await warehouse.toFile(sql, path, format)
      if (times-- > 0) await change(times)
    },
  })
  const later = to + 60 * MINUTE
  const write = (n: number, more: Partial<TrainingSample>) =>
    warehouse.insert('samples', [
      { ...samples[0]!, shown_at: later, ...more, source_partition: 0, source_offset: 1_000 - n },
    ])

  it.each<[string, number, Partial<TrainingSample>]>([
    ['appeared', 2, { video_id: 'another' }],
    ['got a quantile', 1, { quantile: 0, calibration: null }],
    ['got another weight', 1, { weight: 0.25 }],
  ])('writes a chunk again when a sample %s meanwhile, so that files and manifest agree', async (what, rows, more) => {
    await warehouse.command('TRUNCATE TABLE samples')
    await write(1_000, { quantile: null, calibration: null })
    const changing = restless(1, (n) => write(n, more))
    const range = { from: later, to: later + 1, warehouse: changing }
    const manifest = await exportTrainingSet(options(what, range))
    const written = await readLines(join(folder, what, manifest.files[0]!.path))
    expect([manifest.rows, manifest.files[0]!.rows, written.length]).toEqual([rows, rows, rows])
    expect(written).toContainEqual(expect.objectContaining(more))
  })

  it('gives up on samples that never stand still', async () => {
    await warehouse.command('TRUNCATE TABLE samples')
    await write(1_000, {})
    const changing = restless(100, (n) => write(n, { weight: n }))
    await expect(
      exportTrainingSet(options('unstable', { from: later, to: later + 1, warehouse: changing })),
    ).rejects.toMatchObject({ code: 'COMMAND_INVALID' })
  })
})
