import { describe, expect, it } from '@jest/globals'
import { styleOf } from '../../../demo/style.js'
import { renderSummary, type DemoSummary } from '../../../demo/summary.js'

const summary = (changes: Partial<DemoSummary> = {}): DemoSummary => ({
  scale: 'Windows last 8 s here.',
  accounts: [
    { topic: 'search.clicks', in: 2_340, used: 2_240, duplicate: 70, late: 15, orphan: 12, dead: 3 },
    { topic: 'video.watches', in: 10, used: 10, duplicate: 0, late: 0, orphan: 0, dead: 0 },
  ],
  experiment: 'ranker',
  variants: [
    {
      variant: 'control',
      searches: 400,
      searches_with_click: 100,
      impressions: 1_600,
      clicks: 160,
      long_clicks: 80,
      clicks_of_known_duration: 150,
      completes: 30,
    },
    {
      variant: 'treatment',
      searches: 0,
      searches_with_click: 0,
      impressions: 0,
      clicks: 0,
      long_clicks: 0,
      clicks_of_known_duration: 0,
      completes: 0,
    },
  ],
  grades: [
    { domain: 'content', policy: 'content-v1', grade: 0, samples: 500 },
    { domain: 'content', policy: 'content-v1', grade: 3, samples: 70 },
    { domain: 'perception', policy: 'perception-v1', grade: 0, samples: 1_200 },
    { domain: 'perception', policy: 'perception-v1', grade: 1, samples: 300 },
  ],
  hottest: [
    {
      title: '红烧肉家常做法,一看就会',
      account: '老王的厨房',
      ...{ impressions: 120, clicks: 30, long_clicks: 20, completes: 9, watched_ms: 3_600_000 },
    },
  ],
  freshness: { p50: 80, p99: 310, probes: 412, lost: 0 },
  exported: { folder: '.kinora/exports/demo', samples: 2_070, files: 6 },
  next: [{ command: 'kinora outcomes', shows: 'every outcome' }],
  ...changes,
})

const linesOf = (changes?: Partial<DemoSummary>) => renderSummary(summary(changes), styleOf(false)).split('\n')
const lineWith = (text: string, changes?: Partial<DemoSummary>) => linesOf(changes).find((line) => line.includes(text))

describe('the summary', () => {
  it('checks that all that went in came out in one of five ways', () => {
    expect(lineWith('search.clicks')).toMatch(/search\.clicks +2,340 +2,240 +70 +15 +12 +3 +✓$/)
    expect(linesOf()).toContain('  Nothing is missing.')
  })

  it('says how many are missing, or counted twice', () => {
    const [account] = summary().accounts
    const accounts = [
      { ...account!, used: 2_230 },
      { ...account!, topic: 'video.watches', dead: 5 },
    ]
    expect(lineWith('search.clicks', { accounts })).toMatch(/ 10 missing$/)
    expect(lineWith('video.watches', { accounts })).toMatch(/ -2 missing$/)
    expect(linesOf({ accounts })).toContain('  Unaccounted for: 12.')
  })

  it.each([
    ['CTR 点击率', '10.00 %  160 / 1,600', 'clicked results / results shown'],
    ['有点率', '25.00 %    100 / 400', 'searches with a click / searches'],
    ['长点率', '20.00 %     80 / 400', 'long clicks / searches'],
    ['完播率', '20.00 %     30 / 150', 'completed / clicked, of known duration'],
  ])('gives %s as %s and with its formula, and a dash where nothing was counted', (rate, value, formula) => {
    const line = lineWith(rate)
    expect(line).toContain(value)
    expect(line).toMatch(/ – +0 \/ 0 /)
    expect(line!.endsWith(formula)).toBe(true)
  })

  it('counts samples by domain, policy and grade', () => {
    expect(linesOf()).toContain('  domain      policy         grade 0  grade 1  grade 3  samples')
    expect(linesOf()).toContain('  content     content-v1         500        0       70      570')
    expect(linesOf()).toContain('  perception  perception-v1    1,200      300        0    1,500')
  })

  it('names the hottest videos', () => {
    expect(lineWith('红烧肉')).toMatch(/1 {2}红烧肉家常做法,一看就会 {2}老王的厨房 +120 +30 +20 +9 +60 min$/)
  })

  it('tells how fresh Redis was, and of probes that never came through', () => {
    expect(linesOf()).toContain('  p50 80 ms, p99 310 ms of 412 probes')
    expect(lineWith('p50', { freshness: { p50: null, p99: null, probes: 0, lost: 3 } })).toContain(
      '3 never came through',
    )
  })

  it('tells where the training set is and what to look at next', () => {
    expect(linesOf()).toContain('  2,070 samples in 6 files: .kinora/exports/demo')
    expect(linesOf()).toContain('  kinora outcomes  every outcome')
  })

  it('copes with a run in which nothing happened', () => {
    const nothing = { accounts: [], variants: [], grades: [], hottest: [], next: [] }
    expect(linesOf(nothing)).toContain('  Nothing is missing.')
  })
})
