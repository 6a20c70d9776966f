import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The first line of what `ffmpeg` on the PATH says of itself; `undefined` when there is none. */
export async function ffmpegVersion(): Promise<string | undefined> {
  try {
    return (await run('ffmpeg', ['-version'])).stdout.split('\n')[0]
  } catch {
    return undefined
  }
}

/** Eight frames of a clip by the `ffmpeg` program on one thread, a process per clip: what scripts do. */
export async function decodeByProgram(path: string, size: number, seconds: number, count: number): Promise<Buffer> {
  const frames = `fps=${count}/${seconds},scale=${size}:${size}:flags=bicubic`
  const args = ['-v', 'error', '-threads', '1', '-i', path, '-vf', frames, '-frames:v', String(count)]
  const output = ['-pix_fmt', 'rgb24', '-f', 'rawvideo', '-']
  const { stdout } = await run('ffmpeg', [...args, ...output], { encoding: 'buffer', maxBuffer: 64 * 2 ** 20 })
  return stdout
}
