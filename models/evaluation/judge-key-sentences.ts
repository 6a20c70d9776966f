import { firstSentences } from '../key-sentences/extract.js'
import { keySentences } from '../key-sentences/key-sentences.js'
import type { Lexicon } from '../key-sentences/lexicon.js'
import type { Segment, Sentence } from '../key-sentences/sentence.js'
import type { TrueVideo } from '../world/truth.js'

/** How well extracts find the sentences that speak of what a video holds; summed over videos, then divided. */
export interface ExtractJudgement {
  readonly extract: 'key sentences' | 'first sentences'
  /** All videos, or those with such a title. */
  readonly titles: 'all' | TrueVideo['title_kind'] | 'missing'
  readonly videos: number
  /** Of the sentences taken, the share that speaks of it. */
  readonly precision: number
  /** Of the sentences that speak of it, the share taken; bounded by the extract's length. */
  readonly recall: number
  /** Videos of whose extract at least one sentence speaks of it. */
  readonly hit: number
}

/** A transcript with the truth: which of its segments speak of what the video holds. */
export interface JudgedTranscript {
  readonly title: string | null
  readonly titleKind: TrueVideo['title_kind']
  readonly segments: readonly Pick<Segment, 'text'>[]
  readonly topicSegments: readonly number[]
}

interface Counts {
  videos: number
  taken: number
  topics: number
  both: number
  hit: number
}

/** Judges both extracts, for all titles and for each kind. Transcripts without a topic say nothing and are left out. */
export function judgeKeySentences(
  transcripts: Iterable<JudgedTranscript>,
  { lexicon, maxCharacters }: { readonly lexicon: Lexicon; readonly maxCharacters: number },
): ExtractJudgement[] {
  const counts = new Map<string, Counts>()
  for (const transcript of transcripts) {
    const { title, segments, topicSegments } = transcript
    if (topicSegments.length === 0) continue
    const kind = title === null || title === '' ? 'missing' : transcript.titleKind
    const extracts = {
      'key sentences': keySentences(title ?? '', segments, { maxCharacters, lexicon }),
      'first sentences': firstSentences(segments, maxCharacters),
    }
    for (const [extract, sentences] of Object.entries(extracts))
      for (const titles of ['all', kind]) add(counts, `${extract}\t${titles}`, sentences, topicSegments)
  }
  return [...counts].sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, each]) => judgement(key, each))
}

function add(
  counts: Map<string, Counts>,
  key: string,
  sentences: readonly Sentence[],
  topics: readonly number[],
): void {
  const taken = new Set(sentences.map(({ segment }) => segment))
  const both = topics.filter((segment) => taken.has(segment)).length
  const sum = counts.get(key) ?? { videos: 0, taken: 0, topics: 0, both: 0, hit: 0 }
  counts.set(key, {
    videos: sum.videos + 1,
    taken: sum.taken + taken.size,
    topics: sum.topics + topics.length,
    both: sum.both + both,
    hit: sum.hit + Number(both > 0),
  })
}

function judgement(key: string, { videos, taken, topics, both, hit }: Counts): ExtractJudgement {
  const [extract, titles] = key.split('\t') as [ExtractJudgement['extract'], ExtractJudgement['titles']]
  return {
    extract,
    titles,
    videos,
    precision: taken === 0 ? 0 : both / taken,
    recall: both / topics,
    hit: hit / videos,
  }
}
