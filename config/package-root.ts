import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The folder that holds package.json, so that schemas, SQL and jars are found the same way from the sources,
 * from the compiled dist/ and from an installed package.
 */
export function packageRoot(from: string = dirname(fileURLToPath(import.meta.url))): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json')
    if (existsSync(manifest) && nameIn(manifest) === 'kinora') return folder
    if (folder === dirname(folder)) throw new Error(`no package.json of kinora above ${from}`)
  }
}

const nameIn = (manifest: string): unknown => (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: unknown }).name
