import { DueQueue } from '../streams/runtime/due-queue.js'
import { recordOf, type CrowdRecord } from './crowd-event.js'
import { deliver, malformed } from './network.js'
import type { DemoParameters } from './parameters.js'
import { hash, randomOf, untilNext, zipf, type Random } from './random.js'
import { behave, type Visit } from './visit.js'
import { createWorld, rank, uploadOf, type DemoVideo, type World } from './world.js'

export interface CrowdOptions {
  parameters: DemoParameters
  /** Epoch ms at which the run begins. */
  startMs: number
  /** Begins every request id, so that two runs in one namespace do not meet. */
  run: string
}

/**
 * Everything that a synthetic crowd sends in one run, in the order of sending: uploads of videos, searches, clicks and
 * watches, as a real network delivers them. Pure: the same options give the same records.
 */
export function* crowd({ parameters: p, startMs, run }: CrowdOptions): Generator<CrowdRecord> {
  const world = createWorld(p)
  const endMs = startMs + p.durationMs
  const onTheWay = new DueQueue<{ dueAt: number; record: CrowdRecord }>()
  const send = (records: CrowdRecord[]) => {
    for (const record of records) onTheWay.push({ dueAt: record.sendAt, record })
  }
  function* arrivedBy(time: number) {
    for (let next = onTheWay.popDue(time); next; next = onTheWay.popDue(time)) yield next.record
  }

  send(world.videos.map((video) => uploadRecord(video, startMs)))
  for (const request of searches(world, p, startMs, run)) {
    yield* arrivedBy(request.visit.shownAt)
    send(deliver(request.visit, behave(request.visit, p, request.random), p, request.random))
    if (request.broken !== undefined) {
      send([malformed(request.broken, `${request.visit.requestId}-broken`, request.visit.shownAt)])
    }
  }
  yield* arrivedBy(endMs)
}

/** Uploads of one moment leave one after the other. */
const uploadRecord = (video: DemoVideo, startMs: number): CrowdRecord => {
  const value = uploadOf(video, startMs)
  return recordOf({ name: 'VideoUploaded', value }, value.at + (hash(video.id) % 500))
}

interface Search {
  visit: Visit
  /** Decides all that follows from this search, so that searches do not influence each other. */
  random: Random
  /** The turn of the broken record that a client sends beside it, if any. */
  broken: number | undefined
}

function* searches(world: World, p: DemoParameters, startMs: number, run: string): Generator<Search> {
  const random = randomOf(p.seed, 'searches')
  const query = zipf(world.queries.length, p.queries.zipfExponent)
  const user = zipf(p.users, p.userZipfExponent)
  const show = resultPages(world, p)
  const lastMs = startMs + p.durationMs - p.searchesEndBeforeMs
  let broken = 0
  let atMs = startMs
  for (let n = 0; ; n++) {
    atMs += untilNext(random, 1000 / p.requestsPerSecond)
    if (atMs > lastMs) return
    const shownAt = Math.round(atMs)
    const userId = `u${String(user(random)).padStart(4, '0')}`
    const variant = variantOf(userId, p)
    const asked = query(random)
    const visit: Visit = {
      requestId: `${run}-${n}`,
      userId,
      query: world.queries[asked]!,
      videos: show(asked, variant, shownAt - startMs),
      variants: { [p.experiment]: variant },
      shownAt,
    }
    const isBroken = random() < p.network.malformed
    yield { visit, random: randomOf(p.seed, 'search', n), broken: isBroken ? broken++ : undefined }
  }
}

/** The arm of a user: always the same, by a hash that no other experiment shares. */
export function variantOf(userId: string, p: DemoParameters): string {
  const names = Object.keys(p.variants)
  return names[hash(p.experiment, userId) % names.length]!
}

/** The results of a query under a variant, of the videos uploaded by then; the ranking itself is done once. */
function resultPages(world: World, p: DemoParameters) {
  const ranked = new Map<string, DemoVideo[]>()
  return (query: number, variant: string, afterMs: number): DemoVideo[] => {
    const key = `${variant} ${query}`
    const order = ranked.get(key) ?? rank(world.queries[query]!, world.videos, p.variants[variant]!)
    ranked.set(key, order)
    const page: DemoVideo[] = []
    for (const video of order) {
      if (video.uploadedAfterMs <= afterMs) page.push(video)
      if (page.length === p.results) break
    }
    return page
  }
}
