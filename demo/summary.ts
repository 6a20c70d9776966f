import { accountLines, missing, type TopicAccount } from './account.js'
import type { FreshnessSummary } from './freshness.js'
import type { GradeCount, VariantCounts } from './queries.js'
import { clip, formatCount, formatMs, formatShare, tableLines, type Column, type Style } from './style.js'

/** A video with its counts over the last minutes, as a ranker would read them from Redis. */
export interface HotVideo {
  title: string
  account: string
  impressions: number
  clicks: number
  long_clicks: number
  completes: number
  watched_ms: number
}

export interface DemoSummary {
  /** What was made faster than in life, in a sentence. */
  scale: string
  accounts: readonly TopicAccount[]
  experiment: string
  variants: readonly VariantCounts[]
  grades: readonly GradeCount[]
  hottest: readonly HotVideo[]
  freshness: FreshnessSummary
  exported: { folder: string; samples: number; files: number }
  /** What to do next: a command and what it is for. */
  next: readonly { command: string; shows: string }[]
}

/** The end of the demo: what went in, what came out, and where to look further. Pure. */
export const renderSummary = (summary: DemoSummary, style: Style): string =>
  [
    section('Every event accounted for', accountSection(summary, style), style),
    section(`Experiment "${summary.experiment}"`, variantLines(summary.variants, style), style),
    section('Training samples by grade', gradeLines(summary.grades, style), style),
    section('Hottest videos of the last minutes, read from Redis', hottestLines(summary.hottest, style), style),
    section('Freshness, event sent → visible in Redis', freshnessLines(summary.freshness, style), style),
    section('First training set', exportLines(summary, style), style),
    section('Look further', nextLines(summary, style), style),
  ].join('\n\n')

const section = (title: string, lines: readonly string[], style: Style): string =>
  [style.bold(title), ...lines.map((line) => `  ${line}`)].join('\n')

const accountSection = ({ accounts, scale }: DemoSummary, style: Style): string[] => {
  const lost = accounts.reduce((sum, account) => sum + Math.abs(missing(account)), 0)
  const verdict = lost === 0 ? style.good('Nothing is missing.') : style.bad(`Unaccounted for: ${formatCount(lost)}.`)
  return [...accountLines(accounts, style), verdict, style.dim(scale)]
}

const left = (title: string): Column => ({ title, align: 'left' })

/** Each rate with its formula: they are different metrics that are easily mixed up. */
function variantLines(variants: readonly VariantCounts[], style: Style): string[] {
  const rates: [name: string, formula: string, of: (v: VariantCounts) => [part: number, whole: number]][] = [
    ['CTR 点击率', 'clicked results / results shown', (v) => [v.clicks, v.impressions]],
    ['有点率', 'searches with a click / searches', (v) => [v.searches_with_click, v.searches]],
    ['长点率', 'long clicks / searches', (v) => [v.long_clicks, v.searches]],
    ['完播率', 'completed / clicked, of known duration', (v) => [v.completes, v.clicks_of_known_duration]],
  ]
  const cells = ([part, whole]: [number, number]) => [
    formatShare(part, whole),
    style.dim(`${formatCount(part)} / ${formatCount(whole)}`),
  ]
  return tableLines(
    [left('rate'), ...variants.flatMap(({ variant }) => [{ title: variant }, { title: 'counts' }]), left('formula')],
    rates.map(([name, formula, of]) => [name, ...variants.flatMap((v) => cells(of(v))), style.dim(formula)]),
    style,
  )
}

function gradeLines(grades: readonly GradeCount[], style: Style): string[] {
  const policies = [...new Map(grades.map((each) => [each.policy, each.domain])).entries()]
  const levels = [...new Set(grades.map(({ grade }) => grade))].sort((a, b) => a - b)
  const count = (policy: string, grade: number) =>
    grades.find((each) => each.policy === policy && each.grade === grade)?.samples ?? 0
  return tableLines(
    [left('domain'), left('policy'), ...levels.map((grade) => ({ title: `grade ${grade}` })), { title: 'samples' }],
    policies.map(([policy, domain]) => {
      const counts = levels.map((grade) => count(policy, grade))
      return [domain, policy, ...counts.map(formatCount), formatCount(counts.reduce((a, b) => a + b, 0))]
    }),
    style,
  )
}

const hottestLines = (videos: readonly HotVideo[], style: Style): string[] =>
  tableLines(
    [
      { title: '#' },
      left('video'),
      left('account'),
      ...['shown', 'clicks', 'long clicks', 'completed', 'watched'].map((title) => ({ title })),
    ],
    videos.map((video, i) => [
      String(i + 1),
      clip(video.title, 36),
      clip(video.account, 14),
      formatCount(video.impressions),
      formatCount(video.clicks),
      formatCount(video.long_clicks),
      formatCount(video.completes),
      `${formatCount(Math.round(video.watched_ms / 60_000))} min`,
    ]),
    style,
  )

function freshnessLines({ p50, p99, probes, lost }: FreshnessSummary, style: Style): string[] {
  const never = lost > 0 ? style.bad(`, ${formatCount(lost)} never came through`) : ''
  return [`p50 ${style.bold(formatMs(p50))}, p99 ${style.bold(formatMs(p99))} of ${formatCount(probes)} probes${never}`]
}

const exportLines = ({ exported }: DemoSummary, style: Style): string[] => [
  `${formatCount(exported.samples)} samples in ${formatCount(exported.files)} files: ${style.accent(exported.folder)}`,
]

const nextLines = ({ next }: DemoSummary, style: Style): string[] => {
  const width = Math.max(0, ...next.map(({ command }) => command.length))
  return next.map(({ command, shows }) => `${style.accent(command.padEnd(width))}  ${style.dim(shows)}`)
}
