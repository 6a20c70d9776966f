import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeClip } from '../../demo/world/pictures/encode-clip.js'

export interface SampleClip {
  readonly name: string
  readonly seconds: number
  readonly path: string
}

/** Clips of H.264, 12 frames and a key frame a second: one as the synthetic world's, one as a phone's. */
const kinds = [
  { name: '3 s, 128 px', size: 128, seconds: 3 },
  { name: '20 s, 720 px', size: 720, seconds: 20 },
]
const FRAMES_PER_SECOND = 12

/** Writes the clips into a folder of their own; its caller removes it. */
export async function sampleClips(): Promise<{ readonly folder: string; readonly clips: readonly SampleClip[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'kinora-bench-'))
  const clips: SampleClip[] = []
  for (const { name, size, seconds } of kinds) {
    const path = join(folder, `${size}.mp4`)
    await encodeClip(
      Array.from({ length: seconds * FRAMES_PER_SECOND }, (_, frame) => movingWaves(size, frame)),
      path,
    )
    clips.push({ name, seconds, path })
  }
  return { folder, clips }
}

/** Stripes that move and bend: neither flat, which would be decoded too fast, nor noise. */
function movingWaves(size: number, frame: number) {
  const rgb = Buffer.alloc(size * size * 3)
  for (let y = 0, at = 0; y < size; y++)
    for (let x = 0; x < size; x++, at += 3) {
      const wave = 40 * Math.sin(y / 17 + frame / 5) + x + 3 * frame
      rgb[at] = 128 + 100 * Math.sin(wave / 9)
      rgb[at + 1] = 128 + 100 * Math.sin(wave / 23 + y / 40)
      rgb[at + 2] = (255 * y) / size
    }
  return { size, rgb }
}
