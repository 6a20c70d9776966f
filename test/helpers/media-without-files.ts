/**
 * A process that has used up the files that it may open, and then wants something decoded; it says what came of it, and
 * what comes once there are files again.
 */
import { closeSync, openSync } from 'node:fs'
import { openMediaDecoders } from '../../models/media/decoders.js'
import { mediaPath } from './media-fixtures.js'

const decoders = openMediaDecoders({ size: 112, frames: 8 })
const decode = () =>
  decoders.decodePicture(mediaPath('tiny.png')).then(
    (pixels) => pixels.length,
    (error: unknown) => String((error as { code?: unknown }).code),
  )

const files: number[] = []
try {
  for (;;) files.push(openSync('/dev/null', 'r'))
} catch {
  // There are none left.
}
const without = await decode()
for (const file of files) closeSync(file)
process.stdout.write(`${JSON.stringify({ without, later: await decode() })}\n`)
await decoders.close()
