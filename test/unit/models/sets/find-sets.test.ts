import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { findSet, findSets, nameOf } from '../../../../models/sets/find-sets.js'

const root = mkdtempSync(join(tmpdir(), 'sets-'))

beforeAll(() => {
  for (const set of ['small/1', 'small/10', 'small/2', 'small/11-half', 'large/1', '.hidden/1', 'small/.1']) {
    mkdirSync(join(root, set), { recursive: true })
    writeFileSync(join(root, set, 'manifest.json'), '{}')
  }
  mkdirSync(join(root, 'empty', '1'), { recursive: true })
  writeFileSync(join(root, 'README'), '')
})

describe('the sets in a folder', () => {
  it('are found by their manifests, older versions first', async () => {
    const names = (await findSets(root)).map(nameOf)
    expect(names).toEqual(['large/1', 'small/1', 'small/2', 'small/10', 'small/11-half'])
  })

  it.each([
    ['small', 'small/10'],
    ['small/2', 'small/2'],
    ['small/11-half', 'small/11-half'],
  ])('"%s" means %s', async (wanted, expected) => {
    expect(nameOf(await findSet(root, wanted))).toBe(expected)
  })

  it.each(['medium', 'small/3', 'empty/1', '../small', 'small/..', ''])('"%s" is an error', async (wanted) => {
    await expect(findSet(root, wanted)).rejects.toMatchObject({
      code: 'MODEL_SET_NOT_FOUND',
      message: expect.stringContaining('there is large/1, small/1') as unknown,
    })
  })

  it('cannot be found where there is no folder', async () => {
    await expect(findSets(join(root, 'nowhere'))).rejects.toMatchObject({ code: 'MODEL_SET_NOT_FOUND' })
  })
})
