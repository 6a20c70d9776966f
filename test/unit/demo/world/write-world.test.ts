import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { writeWorld } from '../../../../demo/world/write-world.js'
import { tempFolder } from '../../../helpers/temp-folder.js'

const folders = tempFolder()

test('a world is not written among the files of somebody', async () => {
  const folder = folders.path()
  writeFileSync(join(folder, 'events.jsonl'), 'mine')
  const size = { videos: 20, requests: 0, seed: 1 }
  await expect(writeWorld({ ...size, folder, processes: 1, onProgress: () => undefined })).rejects.toMatchObject({
    code: 'WORLD_INVALID',
    message: `${folder} is not empty: name another folder, or remove what is in it`,
  })
  expect(readdirSync(folder)).toEqual(['events.jsonl'])
})

test('a world is not written in the place of a file', async () => {
  const folder = join(folders.path(), 'file')
  writeFileSync(folder, 'mine')
  const size = { videos: 20, requests: 0, seed: 1 }
  await expect(writeWorld({ ...size, folder, processes: 1, onProgress: () => undefined })).rejects.toMatchObject({
    code: 'WORLD_INVALID',
    message: expect.stringContaining('cannot be made a folder') as unknown,
  })
})
