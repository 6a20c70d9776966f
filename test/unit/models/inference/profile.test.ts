import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { openProfileFolder, profiledDevice } from '../../../../models/inference/profile.js'
import { tempFolder } from '../../../helpers/temp-folder.js'

const failed = (words: string) => ({
  code: 'MODEL_PROFILE_FAILED',
  message: expect.stringContaining(words) as unknown,
})
const ran = (provider: string): object => ({ cat: 'Node', args: { provider } })

describe('the profile of a run', () => {
  const temp = tempFolder()

  it('says where the run ran', async () => {
    temp.write('run.json', JSON.stringify([ran('CPUExecutionProvider'), ran('CUDAExecutionProvider')]))
    expect(await profiledDevice(temp.path(), 'cuda')).toBe('cuda')
    expect(await profiledDevice(temp.path(), 'webgpu')).toBe('cpu')
  })

  it('that cannot be written is an error with a code', async () => {
    await expect(openProfileFolder(join(temp.path(), 'nowhere'))).rejects.toMatchObject(failed('ENOENT'))
  })

  it('of no run names no device', async () => {
    temp.write('run.json', '[]')
    expect(await profiledDevice(temp.path(), 'cpu')).toBeUndefined()
  })

  it('that was cut off, as on a full disk, is an error with a code', async () => {
    temp.write('run.json', '[{"cat":"No')
    await expect(profiledDevice(temp.path(), 'cpu')).rejects.toMatchObject(failed('JSON'))
  })

  it('that is not there is an error with a code', async () => {
    await expect(profiledDevice(temp.path(), 'cpu')).rejects.toMatchObject(failed('nothing was written'))
  })
})
