import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from '@jest/globals'
import { readClaimed, readJsonText } from '../../../../models/sets/set-files.js'

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

  // Reading a folder fails as reading a file without permission does, and for root too.
  it('that cannot be read is said to be so', async () => {
    mkdirSync(join(folder, 'b.onnx'))
    const { size } = statSync(join(folder, 'b.onnx'))
    await expect(readClaimed(folder, { file: 'b.onnx', sha256, bytes: size })).rejects.toMatchObject({
      code: 'MODEL_SET_CHANGED',
      message: expect.stringMatching(/b\.onnx cannot be read: .*EISDIR: /) as unknown,
    })
  })

  it('that a link does not lead to is not called missing', async () => {
    symlinkSync('loop.onnx', join(folder, 'loop.onnx'))
    await expect(readClaimed(folder, { file: 'loop.onnx', sha256, bytes: 7 })).rejects.toMatchObject({
      code: 'MODEL_SET_CHANGED',
      message: expect.stringMatching(/loop\.onnx cannot be read: .*ELOOP: /) as unknown,
    })
  })

  it('is never one outside the folder, not even through a link', async () => {
    symlinkSync('/etc/hostname', join(folder, 'link.onnx'))
    for (const file of ['../x', 'link.onnx'])
      await expect(readClaimed(folder, { file, sha256, bytes: 7 })).rejects.toMatchObject({ code: 'MODEL_SET_INVALID' })
  })
})

describe('a JSON file of a model set', () => {
  it('is read as text', async () => {
    writeFileSync(join(folder, 'manifest.json'), '{"是":1}')
    expect(await readJsonText(join(folder, 'manifest.json'))).toBe('{"是":1}')
  })

  it('that went away is an error with a code', async () => {
    const read = readJsonText(join(folder, 'manifest.json'))
    await expect(read).rejects.toMatchObject({
      code: 'MODEL_SET_CHANGED',
      message: expect.stringContaining('is missing') as unknown,
    })
  })
})
