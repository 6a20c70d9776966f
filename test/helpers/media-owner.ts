/** A process that has decoders and never closes them; it says so when one has decoded something. */
import { openMediaDecoders } from '../../models/media/decoders.js'
import { mediaPath } from './media-fixtures.js'

const decoders = openMediaDecoders({ size: 112, frames: 8 })
await decoders.decodePicture(mediaPath('tiny.png'))
process.stdout.write('{"decoded":true}\n')
setInterval(() => undefined, 1000)
