import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { Command } from 'commander'
import { registerExport } from '../../../cli/commands/export.js'
import type { Manifest } from '../../../export/manifest.js'
import type { Warehouse } from '../../../stores/clickhouse/warehouse.js'
import { sampleEvents } from '../../helpers/sample-events.js'
import { openTestWarehouse } from '../../helpers/warehouse.js'

const sample = { ...sampleEvents.TrainingSample, domain: 'content', policy: 'content-v1', source_partition: 0 }
const samples = Array.from({ length: 40 }, (_, i) => ({
  ...sample,
  video_id: `v${i}`,
  query: `q${i}`,
  shown_at: 60_000 * i,
  grade: i % 2,
  source_offset: i,
}))

let folder: string
let warehouse: Warehouse

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'export-command-'))
  warehouse = await openTestWarehouse()
  await warehouse.insert('samples', samples)
})
afterAll(async () => {
  await warehouse.close()
  await rm(folder, { recursive: true })
})

/** Runs the command line; gives what it printed. */
async function run(name: string, args: string[]): Promise<string> {
  const printed = jest.spyOn(console, 'log').mockImplementation(() => undefined)
  try {
    const program = new Command().exitOverride()
    registerExport(program, { openWarehouse: () => Promise.resolve(warehouse), signal: new AbortController().signal })
    await program.parseAsync(['export', '--out', join(folder, name), ...args], { from: 'user' })
    return printed.mock.calls.flat().join('\n')
  } finally {
    printed.mockRestore()
  }
}

describe('kinora export', () => {
  it('exports all samples of all policies as JSONL and says what it wrote', async () => {
    const text = await run('plain', [])
    expect(text).toContain('40 samples in 3 files')
    expect(text).toMatch(/train +content +grade 0: \d+ {2}grade 1: \d+/)
    const { parameters } = JSON.parse(await readFile(join(folder, 'plain/manifest.json'), 'utf8')) as Manifest
    expect(parameters).toMatchObject({
      from: 0,
      format: 'jsonl',
      split: { train: 0.8, validation: 0.1, test: 0.1 },
      domains: ['content', 'perception'],
      policies: ['content-v1', 'perception-v1'],
    })
  })

  it('takes a range, shares, domains, policies and a format, and prints the manifest as JSON', async () => {
    const flags = ['--from', '1970-01-01T00:01Z', '--to', '180000', '--split', '1,0,0', '--format', 'parquet', '--json']
    const manifest = JSON.parse(
      await run('chosen', [...flags, '--domain', 'content', '--policy', 'content-v1']),
    ) as Manifest
    expect(manifest.rows).toBe(2)
    expect(manifest.files.map(({ path }) => path)).toEqual(['train/part-00000.parquet'])
  })

  it('goes on with an interrupted export to the same end, also when that was not given', async () => {
    const toFile = jest.spyOn(warehouse, 'toFile').mockRejectedValueOnce(new Error('cut off'))
    await expect(run('later', [])).rejects.toThrow('cut off')
    toFile.mockRestore()
    const [head] = (await readFile(join(folder, 'later/.export-journal.jsonl'), 'utf8')).split('\n')
    const begun = JSON.parse(head!) as Pick<Manifest, 'parameters'>
    const first = JSON.parse(await run('later', ['--json'])) as Manifest
    expect(first.parameters).toEqual(begun.parameters)
    expect(JSON.parse(await run('later', ['--json']))).toEqual(first)
  })

  it.each([['0.8,0.2'], ['0.8,0.1,0.1,0'], ['a,b,c'], ['0.8,,0.2']])('refuses the shares %s', async (shares) => {
    const stderr = jest.spyOn(process.stderr, 'write').mockImplementation(() => true)
    await expect(run('wrong', ['--split', shares])).rejects.toMatchObject({ code: 'commander.invalidArgument' })
    stderr.mockRestore()
  })

  it('refuses shares that do not sum to 1', async () => {
    await expect(run('wrong', ['--split', '0.8,0.1,0.2'])).rejects.toMatchObject({ code: 'COMMAND_INVALID' })
  })
})
