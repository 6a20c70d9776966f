import { modalityNames, type Modality } from '../../models/modalities.js'
import type { Split } from '../../models/world/truth.js'
import { pick, randomOf, within, type Random } from '../random.js'
import { createAccounts, type Account } from './accounts.js'
import { Company } from './company.js'
import { heldOutVendor, vendors, type Vendor } from './concepts/artwork.js'
import type { Concept } from './concepts/concepts.js'
import { worldParameters, type WorldSize } from './parameters.js'
import { planClip } from './plan-clip.js'
import { planCover } from './plan-cover.js'
import * as phrases from './texts/phrases.js'
import { homophonesOf, type Homophones } from './texts/slips.js'
import { baitTitle, honestTitle } from './texts/titles.js'
import { createTranscript } from './texts/transcript.js'
import type { WorldVideo } from './video.js'
import { partnerIn, type Vocabulary } from './vocabulary.js'

const trainingVendors = vendors.filter(({ name }) => name !== heldOutVendor)
const unseenVendor = vendors.find(({ name }) => name === heldOutVendor)!

/** All videos of a world. Each draws from a sequence of its own, by the seed and its number. */
export function planVideos(size: WorldSize, vocabulary: Vocabulary): WorldVideo[] {
  const accounts = createAccounts(size, vocabulary)
  const words = vocabulary.concepts.flatMap(({ name, keywords }) => [name, ...keywords])
  const spoken = [...phrases.smallTalk, ...phrases.sentencesOfThing, ...phrases.strayMentions, ...words]
  const surroundings = { vocabulary, accounts, homophones: homophonesOf(spoken) }
  return Array.from({ length: size.videos }, (_, n) => planVideo(n, size.seed, surroundings))
}

interface Surroundings {
  readonly vocabulary: Vocabulary
  readonly accounts: readonly Account[]
  readonly homophones: Homophones
}

function planVideo(n: number, seed: number, { vocabulary, accounts, homophones }: Surroundings): WorldVideo {
  const part = (name: string): Random => randomOf(seed, 'video', n, name)
  const random = part('subject')
  const split = drawSplit(random)
  const heldOut = split === 'test' && random() < worldParameters.splits.heldOutOfTest
  const account = pick(random, accounts)
  const company = new Company(vocabulary, heldOut)
  if (account.named) company.add(account.named)
  const concepts = drawConcepts(account, company, random)
  const ordered = concepts.length === 2 && random() < worldParameters.videos.ordered
  const order = ordered ? ([concepts[0]!, concepts[1]!] as const) : null
  const bait = random() < worldParameters.videos.bait ? company.addOther(concepts, random) : null
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
      company,
      part('cover'),
    ),
    clip: planClip(concepts, ordered, company, part('clip')),
    transcript: createTranscript(concepts, company, homophones, part('transcript')),
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

/** The subject, mostly by the account's habit, and what goes with it. */
function drawConcepts(account: Account, company: Company, random: Random): Concept[] {
  const { twoConcepts, threeConcepts } = worldParameters.videos
  const drawn = random()
  const count = drawn < threeConcepts ? 3 : drawn < threeConcepts + twoConcepts ? 2 : 1
  const concepts: Concept[] = []
  while (concepts.length < count) {
    const next = drawConcept(concepts, account, company, random)
    if (concepts.includes(next) || !company.admits(next)) continue
    company.add(next)
    concepts.push(next)
  }
  return concepts
}

function drawConcept(before: readonly Concept[], account: Account, company: Company, random: Random): Concept {
  const [subject, second] = before
  if (!subject && random() < worldParameters.accounts.byHabit) return pick(random, account.habit)
  if (subject && !second && random() < worldParameters.concepts.withPartner)
    return drawPartner(subject, company, random)
  return company.vocabulary.drawConcept(random)
}

/** A partner of the subject; where the slice is held out, one of a held-out pair. */
function drawPartner(subject: Concept, { vocabulary, heldOut }: Company, random: Random): Concept {
  const partners = vocabulary.pairsOf(subject).filter((pair) => pair.heldOut === heldOut)
  return partners.length > 0 ? partnerIn(pick(random, partners), subject) : vocabulary.drawConcept(random)
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
