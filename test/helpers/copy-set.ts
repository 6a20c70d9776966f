import { createHash } from 'node:crypto'
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Golden } from '../../models/sets/golden.js'
import type { Manifest } from '../../models/sets/manifest.js'
import { tinySets } from './tiny-set.js'

/** A copy of the tiny set to spoil. */
export interface SetCopy {
  /** The folder of sets. */
  readonly root: string
  /** That of the set. */
  readonly folder: string
  editManifest(change: (manifest: Manifest) => void): void
  /** What the manifest says of the file is made true again. */
  editGolden(change: (golden: Golden) => void): void
  /** Replaces a file, and makes the manifest true again. */
  replace(file: string, bytes: Uint8Array): void
}

export function copySet(): SetCopy {
  const root = mkdtempSync(join(tmpdir(), 'sets-'))
  const folder = join(root, 'tiny', '1')
  cpSync(join(tinySets, 'tiny'), join(root, 'tiny'), { recursive: true })
  const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'))
  const editManifest: SetCopy['editManifest'] = (change) => {
    const manifest = read('manifest.json') as Manifest
    change(manifest)
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest))
  }
  const replace: SetCopy['replace'] = (file, bytes) => {
    writeFileSync(join(folder, file), bytes)
    const claim = { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
    editManifest(({ models, tokenizer, golden }) => {
      for (const each of [...Object.values(models), tokenizer, golden])
        if (each.file === file) Object.assign(each, claim)
    })
  }
  const editGolden: SetCopy['editGolden'] = (change) => {
    const golden = read('golden.json') as Golden
    change(golden)
    replace('golden.json', Buffer.from(JSON.stringify(golden)))
  }
  return { root, folder, editManifest, editGolden, replace }
}
