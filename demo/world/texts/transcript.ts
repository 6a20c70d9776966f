import { between, pick, shuffled, within, type Random } from '../../random.js'
import type { Company } from '../company.js'
import type { Concept } from '../concepts/concepts.js'
import { worldParameters } from '../parameters.js'
import type { Transcript } from '../video.js'
import type { Vocabulary } from '../vocabulary.js'
import { sentencesOfThing, smallTalk, strayMentions } from './phrases.js'
import { misheard, type Homophones } from './slips.js'
import { fill, wordFor } from './words.js'

interface Sentence {
  readonly text: string
  readonly topical: boolean
}

/**
 * What is said in a video: about 600 characters, of which a few sentences speak of its concepts, among small talk and
 * mentions of other things. Segments follow each other at the pace of speech, whatever the length of the clip.
 */
export function createTranscript(
  concepts: readonly Concept[],
  company: Company,
  homophones: Homophones,
  random: Random,
): Transcript {
  const sentences = shuffled(random, [
    ...topicSentences(concepts, company.vocabulary, random),
    ...otherSentences(concepts, company, random),
  ])
  const { millisecondsPerCharacter, silenceMs, pauseMs } = worldParameters.transcripts
  let now = Math.round(within(random, silenceMs))
  const segments = sentences.map(({ text }) => {
    const start_ms = now
    const heard = misheard(text, homophones, random)
    now += heard.length * millisecondsPerCharacter
    const segment = { start_ms, end_ms: now, text: heard }
    now += Math.round(within(random, pauseMs))
    return segment
  })
  return { segments, topicSegments: sentences.flatMap(({ topical }, n) => (topical ? [n] : [])) }
}

function topicSentences(concepts: readonly Concept[], vocabulary: Vocabulary, random: Random): Sentence[] {
  const { mainSentences, secondSentences, thirdSentences, byKeyword } = worldParameters.transcripts
  const counts = [whole(mainSentences, random), whole(secondSentences, random), thirdSentences]
  return concepts.flatMap((concept, n) =>
    shuffled(random, sentencesOfThing)
      .slice(0, counts[n])
      .map((phrase) => ({ text: fill(phrase, wordFor(concept, byKeyword, vocabulary, random)), topical: true })),
  )
}

function otherSentences(concepts: readonly Concept[], company: Company, random: Random): Sentence[] {
  const { sentences, strayMentions: strays } = worldParameters.transcripts
  const stray = Array.from({ length: whole(strays, random) }, () => company.addOther(concepts, random)).map(
    ({ name }) => ({ text: fill(pick(random, strayMentions), name), topical: false }),
  )
  const talk = shuffled(random, smallTalk).slice(0, whole(sentences, random) - stray.length)
  return [...stray, ...talk.map((text) => ({ text, topical: false }))]
}

const whole = ({ min, max }: { min: number; max: number }, random: Random): number =>
  Math.floor(between(random, min, max + 1))
