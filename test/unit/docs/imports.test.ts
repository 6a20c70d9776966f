import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { packageRoot } from '../../../config/package-root.js'

/** Who may import what, beside itself (docs/architecture.md, "Folders"). A folder stands for what is below it too. */
const allowed: Record<string, readonly string[]> = {
  errors: [],
  config: ['errors'],
  schemas: ['errors', 'config/package-root'],
  'streams/runtime': ['errors', 'schemas', 'streams/topics', 'streams/sinks/sink', 'stores/kafka'],
  'streams/behavior': ['errors', 'schemas', 'streams/topics', 'streams/runtime', 'stores/clickhouse'],
  'streams/sinks': ['errors', 'schemas', 'streams/topics', 'stores/clickhouse', 'stores/redis'],
  streams: ['errors', 'schemas', 'stores'],
  stores: ['errors', 'config', 'schemas', 'streams/topics'],
  replay: ['errors', 'schemas', 'stores', 'streams'],
  export: ['errors', 'schemas', 'stores', 'streams'],
  relabel: ['errors', 'schemas', 'stores', 'streams'],
  models: ['errors', 'schemas'],
  'models/world': ['errors', 'schemas', 'models', 'replay'],
  'models/training': ['errors', 'config', 'schemas', 'streams', 'models'],
  demo: ['errors', 'schemas', 'streams', 'stores/clickhouse'],
  'demo/world': ['errors', 'streams/topics', 'schemas', 'models', 'demo/random'],
}

const sources = (folder: string): string[] =>
  readdirSync(join(packageRoot(), folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return sources(path)
    return path.endsWith('.ts') ? [path.replace(/\.ts$/, '')] : []
  })

const within = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`)

/** The most particular rule for a file. */
const folderOf = (path: string): string =>
  Object.keys(allowed)
    .filter((folder) => within(path, folder))
    .sort((a, b) => b.length - a.length)[0]!

const importsOf = (path: string): string[] =>
  [...readFileSync(join(packageRoot(), `${path}.ts`), 'utf8').matchAll(/(?:from|import\() ?'(\.[^']+)\.js'/g)].map(
    (match) => relative(packageRoot(), join(packageRoot(), dirname(path), match[1]!)),
  )

describe('the folders', () => {
  it.each(Object.keys(allowed))('%s imports nothing that it may not', (folder) => {
    const forbidden = sources(folder)
      .filter((path) => folderOf(path) === folder)
      .flatMap((path) =>
        importsOf(path)
          .filter((target) => !within(target, folder) && !allowed[folder]!.some((each) => within(target, each)))
          .map((target) => `${path} imports ${target}`),
      )
    expect(forbidden).toEqual([])
  })
})
