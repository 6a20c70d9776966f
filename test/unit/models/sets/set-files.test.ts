import { createHash } from 'node:crypto'
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from '@jest/globals'
import { readClaimed } from '../../../../models/sets/set-files.js'

const sha256 = createHash('sha256').update('weights').digest('hex')
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'set-'))
  writeFileSync(join(folder, 'a.onnx'), 'weights')
})

describe('a file of a model set', () => {
  it('is read when it is what the manifest says', async () => {
    expect((await readClaimed(folder, { file: 'a.onnx', sha256, bytes: 7 })).toString()).toBe('weights')
  })

  it.each([
    ['another size', { bytes: 6 }],
    ['another sha256', { sha256: 'b'.repeat(64) }],
    ['no such file', { file: 'b.onnx' }],
  ])('is refused with %s', async (_, over) => {
    const claim = { file: 'a.onnx', sha256, bytes: 7, ...over }
    await expect(readClaimed(folder, claim)).rejects.toMatchObject({ code: 'MODEL_SET_CHANGED' })
  })

  it('is never one outside the folder, not even through a link', async () => {
    symlinkSync('/etc/hostname', join(folder, 'link.onnx'))
    for (const file of ['../x', 'link.onnx'])
      await expect(readClaimed(folder, { file, sha256, bytes: 7 })).rejects.toMatchObject({ code: 'MODEL_SET_INVALID' })
  })
})
