import { afterEach } from '@jest/globals'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Call in a describe block: gives each test files in a folder of its own, removed afterwards. */
export function tempFolder(): { path: () => string; write: (name: string, content: string | Buffer) => string } {
  let folder: string | undefined
  const path = () => (folder ??= mkdtempSync(join(tmpdir(), 'kinora-test-')))
  afterEach(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true })
    folder = undefined
  })
  return {
    path,
    write(name, content) {
      const file = join(path(), name)
      writeFileSync(file, content)
      return file
    },
  }
}
