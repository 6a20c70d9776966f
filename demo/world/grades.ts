import type { Concept } from './concepts/concepts.js'
import type { WorldQuery } from './queries.js'
import { has, type WorldVideo } from './video.js'

export type Grade = 0 | 1 | 2

/**
 * What a video holds of what is asked: 2 wholly, 1 in part or in passing, 0 not at all. Of two things the mean counts,
 * rounded down. A change is wholly held only by a video in which the one comes before the other.
 */
export function contentGrade(query: WorldQuery, video: WorldVideo): Grade {
  const grade = meanGrade(query, (concept) => heldGrade(concept, video))
  if (query.kind !== 'change' || grade < 2) return grade
  return video.order && video.order[0] === query.concepts[0] ? 2 : 1
}

/** What a video promises of what is asked, before the click: 2 by two signs or more, 1 by one, 0 by none. */
export function perceivedGrade(query: WorldQuery, video: WorldVideo): Grade {
  return meanGrade(query, (concept) => promisedGrade(concept, video))
}

function meanGrade({ concepts }: WorldQuery, gradeOf: (concept: Concept) => Grade): Grade {
  const sum = concepts.reduce((total, concept) => total + gradeOf(concept), 0)
  return Math.floor(sum / concepts.length) as Grade
}

function heldGrade(concept: Concept, { concepts }: WorldVideo): Grade {
  const place = concepts.indexOf(concept)
  return place < 0 ? 0 : place < 2 ? 2 : 1
}

/** Title, cover and the words in it are a sign each; an account's name is half of one. */
function promisedGrade(concept: Concept, video: WorldVideo): Grade {
  const signs =
    Number(has(video, 'title') && video.title.names.includes(concept)) +
    Number(has(video, 'cover') && video.cover.shows.includes(concept)) +
    Number(has(video, 'cover') && video.cover.textNames === concept) +
    Number(has(video, 'account') && video.account.named === concept) / 2
  return Math.min(2, Math.floor(signs)) as Grade
}

/** Every concept that a video holds or promises. */
export function conceptsAbout(video: WorldVideo): Set<Concept> {
  const { concepts, title, cover, account } = video
  const named = [cover.textNames, account.named].filter((each) => each !== null)
  return new Set([...concepts, ...title.names, ...cover.shows, ...named])
}
