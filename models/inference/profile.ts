import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FatalError, messageOf } from '../../errors/errors.js'
import { devicesInProfile, deviceThatRan, type Device } from './device.js'

/** A new folder for the profile of one session; remove it. Throws FatalError MODEL_PROFILE_FAILED. */
export const openProfileFolder = (parent = tmpdir()): Promise<string> =>
  orFailed(mkdtemp(join(parent, 'kinora-profile-')))

/** Where the runs in a profile ran; undefined when there were none. Throws FatalError MODEL_PROFILE_FAILED. */
export const profiledDevice = (folder: string, asked: Device): Promise<Device | undefined> =>
  orFailed(readProfile(folder).then((profile) => deviceThatRan(devicesInProfile(profile), asked)))

async function readProfile(folder: string): Promise<string> {
  const [file] = await readdir(folder)
  if (file === undefined) throw new Error(`nothing was written into ${folder}`)
  return readFile(join(folder, file), 'utf8')
}

async function orFailed<Value>(work: Promise<Value>): Promise<Value> {
  try {
    return await work
  } catch (cause) {
    const message = `where a model ran cannot be known without its profile: ${messageOf(cause)}`
    throw new FatalError('MODEL_PROFILE_FAILED', message, { cause })
  }
}
