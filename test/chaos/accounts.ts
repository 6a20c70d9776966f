import { verdicts } from '../../streams/runtime/verdict.js'
import type { Account as Told } from '../../streams/account.js'
import type { InputTopic } from './log.js'
import type { Account, Range } from './oracle.js'

/** Where the account that the joiner keeps of its inputs differs from what the rules allow. */
export const accountDifferences = (
  expected: Readonly<Record<InputTopic, Account>>,
  told: ReadonlyMap<string, Told>,
): string[] =>
  Object.entries(expected).flatMap(([topic, { in: sent, used, dead, duplicate, late, orphan }]) => {
    const account = told.get(topic)
    if (!account) return [`${topic} has no account`]
    const ranges = { used: exactly(used), dead: exactly(dead), duplicate, late, orphan }
    const outside = verdicts
      .filter((verdict) => account[verdict] < ranges[verdict].least || account[verdict] > ranges[verdict].most)
      .map((verdict) => `${topic}: ${account[verdict]} are ${verdict}, expected ${text(ranges[verdict])}`)
    const sum = verdicts.reduce((total, verdict) => total + account[verdict], 0)
    return sum === sent ? outside : [...outside, `${topic}: ${sum} are accounted for, ${sent} were sent`]
  })

const exactly = (count: number): Range => ({ least: count, most: count })

const text = ({ least, most }: Range): string => (least === most ? String(least) : `${least} to ${most}`)
