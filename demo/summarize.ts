import type { TimeRange } from '../stores/clickhouse/time-range.js'
import { crowdTopics } from './crowd-event.js'
import type { FreshnessSummary } from './freshness.js'
import type { DemoParameters } from './parameters.js'
import type { DemoPlatform } from './platform.js'
import { gradeCountsSql, variantCountsSql, type GradeCount, type VariantCounts } from './queries.js'
import type { SentCounter } from './sent-counter.js'
import { scaleSentence } from './settings.js'
import type { DemoSummary, HotVideo } from './summary.js'
import { createWorld } from './world.js'

export interface SummarizeOptions {
  parameters: DemoParameters
  platform: DemoPlatform
  sent: Pick<SentCounter, 'of'>
  freshness: FreshnessSummary
  /** When the requests of the run were shown. */
  shown: TimeRange
  next: DemoSummary['next']
}

const HOTTEST = 8

/** Asks every store for its part of the summary. */
export async function summarize(options: SummarizeOptions): Promise<DemoSummary> {
  const { parameters, platform, sent, freshness, shown, next } = options
  const topics = Object.values(crowdTopics)
  const accounts = await Promise.all(
    topics.map(async (topic) => ({ topic: topic.name, in: sent.of(topic), ...(await platform.account(topic)) })),
  )
  return {
    scale: scaleSentence(parameters),
    accounts,
    experiment: parameters.experiment,
    variants: await platform.rows<VariantCounts>(variantCountsSql(parameters.experiment, shown)),
    grades: await platform.rows<GradeCount>(gradeCountsSql(shown)),
    hottest: await hottestVideos(parameters, platform),
    freshness,
    exported: await platform.exportTrainingSet(shown),
    next,
  }
}

/** The most clicked videos; among equals, the longest watched. */
async function hottestVideos(parameters: DemoParameters, platform: DemoPlatform): Promise<HotVideo[]> {
  const { videos } = createWorld(parameters)
  const counts = await platform.engagement(videos.map(({ id }) => id))
  return videos
    .map(({ title, accountName }, i) => ({ title, account: accountName, ...counts[i]! }))
    .sort((a, b) => b.clicks - a.clicks || b.watched_ms - a.watched_ms)
    .slice(0, HOTTEST)
}
