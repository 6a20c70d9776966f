import type { Judgement } from './oracle-judge.js'
import { watchedMs } from './oracle-outcome.js'
import type { VideoWatched } from '../../schemas/events.js'

/** What all valid events together say of one (request, video): late ones, copies and unseen videos included. */
export interface Fact {
  request_id: string
  video_id: string
  shown: boolean
  clicked: boolean
  watched_ms: number
}

/** Facts know no windows: every valid event counts, and equal ones change nothing. */
export const factsOf = ({ shown, clicks, watches }: Judgement['valid']): Fact[] => {
  const facts = new Map<string, Fact>()
  const factOf = (requestId: string, videoId: string): Fact => {
    const key = JSON.stringify([requestId, videoId])
    const fact = facts.get(key) ?? {
      request_id: requestId,
      video_id: videoId,
      shown: false,
      clicked: false,
      watched_ms: 0,
    }
    facts.set(key, fact)
    return fact
  }
  for (const { request_id, results } of shown) {
    for (const { video_id } of results) factOf(request_id, video_id).shown = true
  }
  for (const { request_id, video_id } of clicks) factOf(request_id, video_id).clicked = true
  const together = new Map<Fact, VideoWatched[]>()
  for (const watch of watches) {
    const fact = factOf(watch.request_id, watch.video_id)
    together.set(fact, [...(together.get(fact) ?? []), watch])
  }
  for (const [fact, own] of together) fact.watched_ms = watchedMs(own)
  return [...facts.values()]
}
