import { modalityNames, type Modality } from '../../models/modalities.js'
import type { Split } from '../../models/world/truth.js'
import { pick, randomOf, within, type Random } from '../random.js'
import { createAccounts, type Account } from './accounts.js'
import { heldOutVendor, vendors, type Vendor } from './concepts/artwork.js'
import type { Concept } from './concepts/concepts.js'
import { worldParameters, type WorldSize } from './parameters.js'
import { planClip } from './plan-clip.js'
import { planCover } from './plan-cover.js'
import * as phrases from './texts/phrases.js'
import { homophonesOf } from './texts/slips.js'
import { baitTitle, honestTitle } from './texts/titles.js'
import { createTranscript, type Speech } from './texts/transcript.js'
import type { WorldVideo } from './video.js'
import { partnerIn, type Vocabulary } from './vocabulary.js'

const trainingVendors = vendors.filter(({ name }) => name !== heldOutVendor)
const unseenVendor = vendors.find(({ name }) => name === heldOutVendor)!

/** All videos of a world. Each draws from a sequence of its own, by the seed and its number. */
export function planVideos(size: WorldSize, vocabulary: Vocabulary): WorldVideo[] {
  const accounts = createAccounts(size, vocabulary)
  const words = vocabulary.concepts.flatMap(({ name, keywords }) => [name, ...keywords])
  const spoken = [...phrases.smallTalk, ...phrases.sentencesOfThing, ...phrases.strayMentions, ...words]
  const speech = { vocabulary, homophones: homophonesOf(spoken) }
  return Array.from({ length: size.videos }, (_, n) => planVideo(n, size.seed, { accounts, speech }))
}

interface Surroundings {
  readonly accounts: readonly Account[]
  readonly speech: Speech
}

function planVideo(n: number, seed: number, { accounts, speech }: Surroundings): WorldVideo {
  const { vocabulary } = speech
  const part = (name: string): Random => randomOf(seed, 'video', n, name)
  const random = part('subject')
  const split = drawSplit(random)
  const heldOut = split === 'test' && random() < worldParameters.splits.heldOutOfTest
  const account = pick(random, accounts)
  const concepts = drawConcepts(account, heldOut, vocabulary, random)
  const ordered = concepts.length === 2 && random() < worldParameters.videos.ordered
  const order = ordered ? ([concepts[0]!, concepts[1]!] as const) : null
  const bait = random() < worldParameters.videos.bait ? drawOther(concepts, vocabulary, random) : null
  const [byTitle, byCover] = bait ? drawMeans(random) : [false, false]
  const durationMs = drawDuration(random)
  return {
    id: `v${String(n).padStart(5, '0')}`,
    split,
    slice: heldOut ? 'held-out' : 'seen',
    vendor: drawVendor(heldOut, random),
    ...{ concepts, order, bait, account, durationMs },
    missing: drawMissing(part('missing')),
    title: byTitle ? baitTitle(bait!, vocabulary, part('title')) : honestTitle(concepts, vocabulary, part('title')),
    cover: planCover(
      { concepts, bait: byCover ? bait : null, titleBait: byTitle ? bait : null },
      vocabulary,
      part('cover'),
    ),
    clip: planClip(concepts, ordered, vocabulary, part('clip')),
    transcript: createTranscript(concepts, speech, part('transcript')),
    durationKnown: random() >= worldParameters.videos.durationUnknown,
    attractiveness: within(random, worldParameters.videos.attractiveness),
  }
}

function drawSplit(random: Random): Split {
  const { validation, test } = worldParameters.splits
  const drawn = random()
  return drawn < test ? 'test' : drawn < test + validation ? 'validation' : 'train'
}

const drawVendor = (heldOut: boolean, random: Random): Vendor =>
  heldOut ? unseenVendor : pick(random, trainingVendors)

/** The subject, mostly by the account's habit, and what goes with it: no held-out pair but in the held-out slice. */
function drawConcepts(account: Account, heldOut: boolean, vocabulary: Vocabulary, random: Random): Concept[] {
  const { twoConcepts, threeConcepts } = worldParameters.videos
  const subject =
    random() < worldParameters.accounts.byHabit ? pick(random, account.habit) : vocabulary.drawConcept(random)
  const drawn = random()
  const count = drawn < threeConcepts ? 3 : drawn < threeConcepts + twoConcepts ? 2 : 1
  const concepts = [subject]
  while (concepts.length < count) {
    const next = drawCompanion(concepts, heldOut, vocabulary, random)
    const pairedAsWished = concepts.every((each) => heldOut || !vocabulary.isHeldOut(each, next))
    if (!concepts.includes(next) && pairedAsWished) concepts.push(next)
  }
  return concepts
}

/** A second concept is mostly a partner of the first; where the slice is held out, one of a held-out pair. */
function drawCompanion(
  concepts: readonly Concept[],
  heldOut: boolean,
  vocabulary: Vocabulary,
  random: Random,
): Concept {
  const [subject] = concepts as [Concept]
  const partners = vocabulary.pairsOf(subject).filter((pair) => pair.heldOut === heldOut)
  const isPartner = concepts.length === 1 && partners.length > 0 && random() < worldParameters.concepts.withPartner
  return isPartner ? partnerIn(pick(random, partners), subject) : vocabulary.drawConcept(random)
}

function drawOther(concepts: readonly Concept[], vocabulary: Vocabulary, random: Random): Concept {
  for (;;) {
    const drawn = vocabulary.drawConcept(random)
    if (!concepts.includes(drawn)) return drawn
  }
}

/** By what a bait baits: its title, its cover, or both. */
function drawMeans(random: Random): [byTitle: boolean, byCover: boolean] {
  const byTitle = random() < worldParameters.videos.baitTitle
  return [byTitle, random() < worldParameters.videos.baitCover || !byTitle]
}

const drawMissing = (random: Random): Modality[] =>
  modalityNames.filter((each) => each in worldParameters.missing && random() < shareMissing(each))

const shareMissing = (modality: Modality): number =>
  (worldParameters.missing as Partial<Record<Modality, number>>)[modality] ?? 0

/** As many videos between 10 and 20 seconds as between 5 and 10 minutes. */
function drawDuration(random: Random): number {
  const { min, max } = worldParameters.videos.durationMs
  return Math.round(min * (max / min) ** random())
}
