import type { Split } from '../../models/world/truth.js'
import type { WorldEvent } from '../../models/world/read-events.js'
import { randomOf, type Random } from '../random.js'
import { CandidatePool } from './candidates.js'
import { perceivedGrade } from './grades.js'
import { worldParameters, type WorldSize } from './parameters.js'
import type { WorldQuery } from './queries.js'
import { uploadEvents } from './upload-events.js'
import type { WorldVideo } from './video.js'
import { visitUser } from './visit-user.js'
import { weighted } from './weighted.js'

const DAY_MS = 86_400_000

/**
 * Everything that happens in a world, in order of time: all uploads, transcripts and recognised texts, then searches.
 * The results of one search are of one split; no search of training asks for a held-out word or pair.
 */
export function* worldLog(
  size: WorldSize,
  videos: readonly WorldVideo[],
  queries: readonly WorldQuery[],
): Generator<WorldEvent> {
  yield* inOrder(uploads(size, videos))
  yield* inOrder(visits(size, videos, queries))
}

function* uploads({ seed }: WorldSize, videos: readonly WorldVideo[]): Generator<WorldEvent[]> {
  const { beforeSearchesMs, withinMs, apartMs } = worldParameters.uploads
  const firstAt = worldParameters.requests.beginAt - beforeSearchesMs
  const apart = Math.min(apartMs, withinMs / videos.length)
  for (const [n, video] of videos.entries()) yield uploadEvents(video, Math.round(firstAt + n * apart), seed)
}

function* visits(
  size: WorldSize,
  videos: readonly WorldVideo[],
  queries: readonly WorldQuery[],
): Generator<WorldEvent[]> {
  const draw = searchesBySplit(videos, queries)
  const splits = new Set(videos.map(({ split }) => split))
  const { requests } = size
  const { beginAt, days, perUser } = worldParameters.requests
  for (let n = 0; n < requests; n++) {
    const random = randomOf(size.seed, 'request', n)
    const at = Math.round(beginAt + ((n + random()) / requests) * days * DAY_MS)
    const userId = `u${String(Math.floor(random() * Math.max(1, requests / perUser))).padStart(5, '0')}`
    yield visitUser(
      { requestId: `r${String(n).padStart(6, '0')}`, userId, at, ...draw(drawSplit(splits, random), random) },
      random,
    )
  }
}

/** Draws again where a small world has no video of the split. */
function drawSplit(splits: ReadonlySet<Split>, random: Random): Split {
  const { train } = worldParameters.requests
  const { validation, test } = worldParameters.splits
  const drawn = random() < train ? 'train' : random() < test / (test + validation) ? 'test' : 'validation'
  return splits.has(drawn) ? drawn : drawSplit(splits, random)
}

type Search = { readonly query: WorldQuery; readonly videos: readonly WorldVideo[] }

function searchesBySplit(videos: readonly WorldVideo[], queries: readonly WorldQuery[]) {
  const asked = new Map<Split, (random: Random) => WorldQuery>()
  const askedIn = (split: Split) => {
    if (!asked.has(split)) asked.set(split, weighted(queries.filter((query) => query.askedIn.includes(split))))
    return asked.get(split)!
  }
  const pools = new Map<Split, CandidatePool>()
  const poolOf = (split: Split): CandidatePool => {
    if (!pools.has(split)) pools.set(split, new CandidatePool(videos.filter((video) => video.split === split)))
    return pools.get(split)!
  }
  return (split: Split, random: Random): Search => {
    const query = askedIn(split)(random)
    return { query, videos: rank(query, poolOf(split).draw(query, worldParameters.requests.results, random), random) }
  }
}

/** What promises more stands higher, as far as the search knows; the rest is chance. */
function rank(query: WorldQuery, videos: readonly WorldVideo[], random: Random): WorldVideo[] {
  const { ranked } = worldParameters.requests
  return videos
    .map((video) => ({ video, score: (ranked * perceivedGrade(query, video)) / 2 + (1 - ranked) * random() }))
    .sort((one, other) => other.score - one.score)
    .map(({ video }) => video)
}

/** Groups of events, each beginning no earlier than the one before, as one sequence in order of time. */
function* inOrder(groups: Iterable<readonly WorldEvent[]>): Generator<WorldEvent> {
  let waiting: WorldEvent[] = []
  let taken = 0
  for (const group of groups) {
    waiting.push(...group)
    if (++taken % 500 > 0) continue
    waiting.sort(byTime)
    const ready = waiting.findIndex(({ event }) => event.at >= group[0]!.event.at)
    yield* waiting.slice(0, ready)
    waiting = waiting.slice(ready)
  }
  yield* waiting.sort(byTime)
}

const byTime = (one: WorldEvent, other: WorldEvent): number => one.event.at - other.event.at
