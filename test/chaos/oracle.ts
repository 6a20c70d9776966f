import type { Outcome, TrainingSample } from '../../schemas/events.js'
import { inputTopics, type InputTopic, type Phase } from './log.js'
import { tilesOf, type Tile } from './oracle-engagement.js'
import { factsOf, type Fact } from './oracle-facts.js'
import { judge, type Judged, type OracleOptions, type Verdict } from './oracle-judge.js'
import { samplesOf, type Calibrations } from './oracle-labels.js'
import { outcomeOf, shownVideos } from './oracle-outcome.js'

/** How many records of a topic end in each way; where the rules leave a reason open, from the least to the most. */
export interface Account {
  in: number
  used: number
  dead: number
  /** All that is neither used nor dead. */
  unused: number
  duplicate: Range
  late: Range
  orphan: Range
}

export interface Range {
  least: number
  most: number
}

export interface Expected {
  /** By record id: how each record may end. */
  verdicts: Map<number, Judged>
  outcomes: Outcome[]
  /** Of requests without any result: whether they are emitted is not for a row to tell. */
  emptyRequests: string[]
  samples: TrainingSample[]
  tiles: Tile[]
  facts: Fact[]
  accounts: Record<InputTopic, Account>
}

/**
 * What must have become of a log, computed from the whole of it at once, straight from the rules of the design.
 * It shares nothing with the product but the types of the events, so that no mistake can hide in both.
 */
export const expectedOf = (
  phases: readonly Phase[],
  options: OracleOptions & { calibrations?: Calibrations },
): Expected => {
  const { verdicts, requests, valid } = judge(phases, options)
  const perRequest = requests.map((request) => shownVideos(request))
  const outcomes = perRequest.map((videos) => videos.map(outcomeOf))
  return {
    verdicts,
    outcomes: outcomes.flat(),
    emptyRequests: requests.filter(({ shown }) => shown.results.length === 0).map(({ shown }) => shown.request_id),
    samples: outcomes.flatMap((together) => samplesOf(together, options.calibrations ?? [])),
    tiles: tilesOf(perRequest.flat()),
    facts: factsOf(valid),
    accounts: accountsOf([...verdicts.values()]),
  }
}

const accountsOf = (judged: readonly Judged[]): Record<InputTopic, Account> => {
  const account = (topic: InputTopic): Account => {
    const own = judged.filter(({ record }) => record.topic === topic).map(({ allowed }) => allowed)
    const surely = (verdict: Verdict) => own.filter((allowed) => allowed.length === 1 && allowed[0] === verdict).length
    const perhaps = (verdict: Verdict) => own.filter((allowed) => allowed.includes(verdict)).length
    const range = (verdict: Verdict): Range => ({ least: surely(verdict), most: perhaps(verdict) })
    return {
      in: own.length,
      used: surely('used'),
      dead: surely('dead'),
      unused: own.length - surely('used') - surely('dead'),
      duplicate: range('duplicate'),
      late: range('late'),
      orphan: range('orphan'),
    }
  }
  const [impressions, clicks, watches] = inputTopics
  return {
    [impressions]: account(impressions),
    [clicks]: account(clicks),
    [watches]: account(watches),
  }
}
