import type { Command } from 'commander'
import { checkGoldenMedia } from '../../models/encoders/check-golden-media.js'
import { checkGoldenVideos } from '../../models/encoders/check-golden-videos.js'
import { demandedCosine } from '../../models/encoders/demanded-cosine.js'
import { readGolden } from '../../models/sets/open-set.js'
import type { CommandContext } from '../context.js'
import { openEncoders } from '../open-encoders.js'

/** `kinora models verify`: every check of a set, golden media and videos included; the first that fails ends it. */
export function registerVerify(models: Command, context: Pick<CommandContext, 'quietConfig'>): void {
  models
    .command('verify')
    .description('check that a model set does on this machine what it did where it was made')
    .option('--set <name>', 'model set, or set/version; default: KINORA_MODEL_SET')
    .action(async ({ set }: { set?: string }) => {
      const config = context.quietConfig(set === undefined ? {} : { KINORA_MODEL_SET: set })
      const pass = (line: string): void => console.log(`✓ ${line}`)
      const encoders = await openEncoders(config.models, pass)
      try {
        const golden = await readGolden(encoders.set.folder, encoders.set.manifest)
        const media = await checkGoldenMedia(encoders.set, golden, encoders.decoders)
        pass(
          `media: ${media.pictures} golden pictures within ${media.pictureLevels} levels of 255, ${media.clips} clips within ${media.clipLevels}`,
        )
        const demanded = demandedCosine(encoders.set, media)
        const { videos, vectors, lowestCosine } = await checkGoldenVideos(encoders, golden, demanded)
        pass(
          `videos: ${vectors} vectors of ${videos} golden videos, lowest cosine ${lowestCosine.toFixed(6)} (at least ${demanded})`,
        )
        console.log(`${encoders.set.name} is what it says, on ${encoders.set.devices.join(' and ')}`)
      } finally {
        await encoders.close()
      }
    })
}
