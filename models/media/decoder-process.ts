/**
 * The process that decodes media for another one (decoder-child.ts starts it): one job at a time, so that when it dies
 * it is known over what. Native code that reads hostile bytes can crash, hang or grow; here it takes nobody along.
 */
import { AV_LOG_QUIET } from 'node-av/constants'
import { Log } from 'node-av/lib'
import sharp from 'sharp'
import { KinoraError, messageOf } from '../../errors/errors.js'
import { readFrames } from './clip.js'
import { guardProcess } from './decoder-guard.js'
import type { MediaJob, MediaReply } from './media-job.js'
import { bytesOf } from './media-source.js'
import { readPicture } from './picture.js'

const [memoryMb, owner] = process.argv.slice(2).map(Number)
Log.setLevel(AV_LOG_QUIET)
sharp.concurrency(1)
sharp.cache(false)
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({
  operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'],
})
guardProcess(owner!, memoryMb!)

const say = (reply: MediaReply): void => void process.send!(reply)

async function pixelsOf({ source, size, frames, limits }: MediaJob): Promise<Uint8Array> {
  if (frames === undefined) return readPicture(await bytesOf(source, limits.pictureBytes), size, limits)
  return readFrames(await bytesOf(source, limits.clipBytes), { size, count: frames }, limits)
}

async function answer(job: MediaJob): Promise<MediaReply> {
  try {
    return { kind: 'pixels', pixels: await pixelsOf(job) }
  } catch (error) {
    return {
      kind: 'failure',
      code: error instanceof KinoraError ? error.code : 'MEDIA_BROKEN',
      message: messageOf(error),
    }
  }
}

process.on('disconnect', () => process.exit())
process.on('message', (job: MediaJob) => void answer(job).then(say))
say({ kind: 'ready' })
