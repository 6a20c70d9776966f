import { pick, shuffled, within, type Random } from '../random.js'
import type { Company } from './company.js'
import type { Concept } from './concepts/concepts.js'
import { worldParameters } from './parameters.js'
import { captionsOfThing, plainCaptions } from './texts/phrases.js'
import { fill } from './texts/words.js'
import type { Clip, Scene } from './video.js'

/**
 * The scenes of a clip: its concepts between fillers that show nothing or some other thing. Of an ordered clip all scenes
 * of the first concept come before those of the second; of others they are mixed. Some scenes carry a caption.
 */
export function planClip(concepts: readonly Concept[], ordered: boolean, company: Company, random: Random): Clip {
  const { scenes, captions, sceneCaptioned } = worldParameters.clips
  const counts = scenes[concepts.length - 1]!
  const shown = concepts.flatMap((concept, n) => Array.from({ length: counts[n]! }, () => concept))
  const subjects = ordered ? shown : shuffled(random, shown)
  const withFillers = spread(subjects, fillers(subjects.length, concepts, company, random), random)
  const hasCaptions = random() < captions
  const frames = cut(withFillers.length, random)
  return {
    scenes: withFillers.map((shows, n) => ({
      shows,
      frames: frames[n]!,
      caption: hasCaptions && random() < sceneCaptioned ? caption(shows, concepts, random) : null,
    })),
  }
}

function fillers(subjects: number, concepts: readonly Concept[], company: Company, random: Random): Scene['shows'][] {
  const { fillers: share, distractor } = worldParameters.clips
  const count = Math.round((subjects * share) / (1 - share))
  return Array.from({ length: count }, () => (random() < distractor ? company.addOther(concepts, random) : null))
}

/** Puts fillers anywhere between subjects, whose own order stays. */
function spread(subjects: readonly Concept[], others: readonly Scene['shows'][], random: Random): Scene['shows'][] {
  const slots = shuffled(random, [...subjects.map(() => true), ...others.map(() => false)])
  const [left, rest] = [[...subjects], [...others]]
  return slots.map((isSubject) => (isSubject ? left.shift()! : rest.shift()!))
}

/** Lengths of scenes in frames, at least one each, that fill the clip. */
function cut(scenes: number, random: Random): number[] {
  const { framesPerSecond, seconds, sceneLength } = worldParameters.clips
  const weights = Array.from({ length: scenes }, () => within(random, sceneLength))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  let [passed, done] = [0, 0]
  return weights.map((weight) => {
    passed += weight
    const end = Math.max(done + 1, Math.round((passed / total) * framesPerSecond * seconds))
    const frames = end - done
    done = end
    return frames
  })
}

/** Names what is seen where that is of the subject; fillers are captioned with phrases that say nothing. */
function caption(shows: Concept | null, concepts: readonly Concept[], random: Random): string {
  const names = shows !== null && concepts.includes(shows) && random() < worldParameters.clips.captionNames
  return names ? fill(pick(random, captionsOfThing), shows.name) : pick(random, plainCaptions)
}
