import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { VideoOutcome } from '../../../../schemas/events.js'
import {
  gradeRequest,
  labelPolicyNames,
  loadLabelPolicy,
  parseLabelPolicy,
} from '../../../../streams/behavior/label-policy.js'
import { calibration, closedRequest, outcome } from '../../../helpers/outcomes.js'

const perception = loadLabelPolicy('perception-v1')
const content = loadLabelPolicy('content-v1')

type Shown = Partial<VideoOutcome>
type Label = [grade: number | null, reason: string, weight: number | null]

const clicked = (more: Shown = {}): Shown => ({ clicked: true, clicks: 1, first_click_at: 1, ...more })
const autoplayed: Shown = { autoplay: true, valid_play: true, watched_ms: 8_000 }
const long: Shown = { valid_play: true, long_view: true, duration_ms: 100_000 }
const valid: Shown = { valid_play: true, duration_ms: 100_000 }

const labels = (policy: typeof content, outcomes: readonly Shown[], with_ = calibration()): Label[] =>
  gradeRequest(policy, closedRequest(outcomes), with_).map(({ grade, reason, weight }) => [grade, reason, weight])

describe('perception-v1', () => {
  it.each<[string, Shown[], Label[]]>([
    ['a click is relevant, however short the play', [clicked()], [[1, 'clicked', 1]]],
    ['a click counts before autoplay', [clicked(autoplayed)], [[1, 'clicked', 1]]],
    [
      'without any click nothing is skipped',
      [{}, {}],
      [
        [null, 'no-click', null],
        [null, 'no-click', null],
      ],
    ],
    [
      'what is above the click was skipped, what is below it unseen',
      [{}, clicked(), {}],
      [
        [0, 'skipped-above', 1],
        [1, 'clicked', 1],
        [null, 'below-last-click', null],
      ],
    ],
    [
      'of several clicks the lowest decides',
      [{}, clicked(), {}, clicked(), {}],
      [
        [0, 'skipped-above', 1],
        [1, 'clicked', 1],
        [0, 'skipped-above', 1],
        [1, 'clicked', 1],
        [null, 'below-last-click', null],
      ],
    ],
    [
      'an autoplayed row above a click needed no click',
      [autoplayed, clicked()],
      [
        [null, 'autoplay', null],
        [1, 'clicked', 1],
      ],
    ],
    [
      'an autoplayed row below it neither',
      [clicked(), autoplayed],
      [
        [1, 'clicked', 1],
        [null, 'autoplay', null],
      ],
    ],
    ['nor without any click', [autoplayed], [[null, 'autoplay', null]]],
    [
      'an autoplay short of a valid play is skipped',
      [{ autoplay: true }, clicked()],
      [
        [0, 'skipped-above', 1],
        [1, 'clicked', 1],
      ],
    ],
    [
      'a valid play that was not autoplayed is skipped',
      [valid, clicked()],
      [
        [0, 'skipped-above', 1],
        [1, 'clicked', 1],
      ],
    ],
    [
      'an unclicked video at the very position of the click is not above it',
      [{ position: 3 }, clicked({ position: 3 }), { position: 2 }],
      [
        [null, 'below-last-click', null],
        [1, 'clicked', 1],
        [0, 'skipped-above', 1],
      ],
    ],
  ])('%s', (_, outcomes, expected) => {
    expect(labels(perception, outcomes)).toEqual(expected)
  })

  it('never has a quantile', () => {
    const rows = gradeRequest(perception, closedRequest([clicked({ ...long, completion: 0.5 })]), calibration())
    expect(rows.map((row) => row.quantile)).toEqual([null])
  })
})

describe('content-v1', () => {
  // In the grid 0, 1/100, …, 1 the completion k/100 is at the quantile (k + 0.5) / 101, and just above it (k + 1) / 101.
  it.each<[string, Shown, Label]>([
    ['a click without a watch bounced', clicked(), [0, 'bounced', 1]],
    ['a click short of a valid play bounced', clicked({ watched_ms: 7_000, short_play: false }), [0, 'bounced', 1]],
    ['a bounce stays one at the highest quantile', clicked({ completion: 1, duration_ms: 1_000 }), [0, 'bounced', 1]],
    ['a complete long view satisfied', clicked({ ...long, complete: true, completion: 0 }), [3, 'satisfied', 1]],
    [
      'a complete view that is not long needs its quantile',
      clicked({ ...valid, complete: true, completion: 0 }),
      [1, 'weak-watch', 1],
    ],
    ['a long view below q = 0.7 was watched', clicked({ ...long, completion: 0.7 }), [2, 'watched', 1]],
    ['a long view above q = 0.7 satisfied', clicked({ ...long, completion: 0.7001 }), [3, 'satisfied', 1]],
    ['a long view at the lowest quantile was watched', clicked({ ...long, completion: 0 }), [2, 'watched', 1]],
    [
      'a valid play at the highest quantile is at most watched',
      clicked({ ...valid, completion: 1 }),
      [2, 'watched', 1],
    ],
    ['a valid play above q = 0.3 was watched', clicked({ ...valid, completion: 0.3001 }), [2, 'watched', 1]],
    ['a valid play below q = 0.3 is weak', clicked({ ...valid, completion: 0.29 }), [1, 'weak-watch', 1]],
    ['no condition on an unknown quantile holds: long', clicked({ ...long, duration_ms: null }), [2, 'watched', 1]],
    [
      'no condition on an unknown quantile holds: valid',
      clicked({ ...valid, duration_ms: null }),
      [1, 'weak-watch', 1],
    ],
  ])('%s', (_, shown, expected) => {
    expect(labels(content, [shown])).toEqual([expected])
  })

  it.each<[string, Shown, Label]>([
    ['q = 0.7 is enough to satisfy', { ...long, completion: 0.7 }, [3, 'satisfied', 1]],
    ['just below 0.7 is not', { ...long, completion: 0.6999 }, [2, 'watched', 1]],
    ['q = 0.3 is enough to be watched', { ...valid, completion: 0.3 }, [2, 'watched', 1]],
    ['just below 0.3 is not', { ...valid, completion: 0.2999 }, [1, 'weak-watch', 1]],
  ])('without a calibration the completion is the quantile: %s', (_, shown, expected) => {
    const [row] = gradeRequest(content, closedRequest([clicked(shown)]), null)
    expect([row!.grade, row!.reason, row!.weight]).toEqual(expected)
    expect(row!.quantile).toBe(shown.completion)
  })

  it('weighs a skipped video half, and treats autoplay and the rest as perception does', () => {
    expect(labels(content, [{}, autoplayed, clicked({ ...long, completion: 0 }), {}, autoplayed])).toEqual([
      [0, 'skipped-above', 0.5],
      [null, 'autoplay', null],
      [2, 'watched', 1],
      [null, 'below-last-click', null],
      [null, 'autoplay', null],
    ])
    expect(labels(content, [{}, autoplayed])).toEqual([
      [null, 'no-click', null],
      [null, 'autoplay', null],
    ])
  })

  it('fills the quantile of every clicked row with a known completion, bounces included, and of no other', () => {
    const rows = gradeRequest(
      content,
      closedRequest([
        { ...autoplayed, duration_ms: 10_000, completion: 0.8 },
        { duration_ms: 10_000, completion: 0 },
        clicked({ duration_ms: 10_000, completion: 0 }),
        clicked({ ...long, completion: 0.5 }),
        clicked({ ...long, duration_ms: null }),
      ]),
      calibration(),
    )
    expect(rows.map((row) => row.quantile)).toEqual([null, null, 0.5 / 101, 50.5 / 101, null])
  })
})

const anyOutcome = fc
  .record({
    clicked: fc.boolean(),
    autoplay: fc.boolean(),
    valid_play: fc.boolean(),
    long_view: fc.boolean(),
    complete: fc.boolean(),
    completion: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    position: fc.integer({ min: 1, max: 12 }),
  })
  .map((more) => ({ ...more, duration_ms: more.completion === null ? null : 60_000 }))
const anyOutcomes = fc
  .array(anyOutcome, { maxLength: 12 })
  .map((all) => all.map((one, i) => outcome({ ...one, video_id: `v${i}` })))

describe('every policy', () => {
  it.each([perception, content])('$name labels a video by its position, not by its place in the list', (policy) => {
    fc.assert(
      fc.property(
        anyOutcomes.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          const byVideo = (outcomes: VideoOutcome[]) =>
            gradeRequest(policy, closedRequest(outcomes), calibration()).sort((a, b) =>
              a.outcome.video_id.localeCompare(b.outcome.video_id),
            )
          expect(byVideo(shuffled)).toEqual(byVideo(all))
        },
      ),
    )
  })

  it.each([perception, content])(
    '$name gives each video one label, with a weight exactly when it is graded',
    (policy) => {
      fc.assert(
        fc.property(anyOutcomes, (outcomes) => {
          const rows = gradeRequest(policy, closedRequest(outcomes), calibration())
          expect(rows.map((row) => row.outcome)).toEqual(outcomes)
          for (const row of rows) expect(row.grade === null).toBe(row.weight === null)
        }),
      )
    },
  )
})

describe('parseLabelPolicy', () => {
  const rows = [
    { when: { clicked: true }, grade: 1, reason: 'clicked', weight: 1 },
    { when: {}, grade: null, reason: 'rest' },
  ]
  const document = { policy: 'mine-v1', doc: '', domain: 'content', calibrated: false, rows }
  const parse = (more: object) => () => parseLabelPolicy({ ...document, ...more }, '/somewhere/mine-v1.json')

  it('accepts a policy of the table form', () => {
    expect(parse({})()).toMatchObject({ name: 'mine-v1', domain: 'content', calibrated: false })
  })

  it.each<[string, object, string]>([
    ['an unknown domain', { domain: 'sound' }, 'domain: '],
    ['an unknown word in a condition', { rows: [{ ...rows[0], when: { click: true } }, rows[1]] }, 'rows[0].when: '],
    [
      'a nested condition of the wrong type',
      { rows: [{ ...rows[0], when: { any: [{ clicked: 1 }] } }, rows[1]] },
      'rows[0].when.any[0].clicked: ',
    ],
    [
      'a quantile above 1',
      { calibrated: true, rows: [{ ...rows[0], when: { quantile_at_least: 30 } }, rows[1]] },
      'rows[0].when.quantile_at_least: ',
    ],
    [
      'a quantile in an uncalibrated policy',
      { rows: [{ ...rows[0], when: { any: [{ quantile_at_least: 0.3 }] } }, rows[1]] },
      'rows[0].when: ',
    ],
    [
      'a grade without a weight',
      { rows: [{ when: { clicked: true }, grade: 1, reason: 'clicked' }, rows[1]] },
      'rows[0].weight: ',
    ],
    ['a weight without a grade', { rows: [rows[0], { ...rows[1], weight: 1 }] }, 'rows[1].weight: '],
    ['a weight of zero', { rows: [{ ...rows[0], weight: 0 }, rows[1]] }, 'rows[0].weight: '],
    ['a fractional grade', { rows: [{ ...rows[0], grade: 0.5 }, rows[1]] }, 'rows[0].grade: '],
    [
      'a reason that is no metric label',
      { rows: [{ ...rows[0], reason: 'Was clicked' }, rows[1]] },
      'rows[0].reason: ',
    ],
    ['a table that does not cover everything', { rows: [rows[0]] }, 'rows: the last row'],
    ['rows after the one that always holds', { rows: [rows[1], rows[0]] }, 'rows: the last row'],
    ['no rows', { rows: [] }, 'rows: '],
    ['another name than its file', { policy: 'yours-v1' }, 'policy: '],
    ['an unknown field', { note: 1 }, 'document: '],
  ])('refuses %s, naming file and field', (_, more, field) => {
    expect(parse(more)).toThrow(
      expect.objectContaining({
        code: 'POLICY_INVALID',
        message: expect.stringContaining(`/somewhere/mine-v1.json: ${field}`),
      }),
    )
  })
})

describe('loadLabelPolicy', () => {
  it('ships perception-v1 and content-v1', () => {
    expect(labelPolicyNames()).toEqual(['content-v1', 'perception-v1'])
  })

  it('refuses an unknown name and says which there are', () => {
    expect(() => loadLabelPolicy('../content-v1')).toThrow(
      expect.objectContaining({
        code: 'POLICY_INVALID',
        message: expect.stringContaining('there are content-v1, perception-v1'),
      }),
    )
  })
})
