import type { Random } from './random.js'

/** Names of the places where a process can be made to die; see KINORA_FAILPOINTS. */
export const failpoints = [
  'before-commit',
  'in-transaction',
  'after-send-offsets',
  'in-rebuild',
  'after-fence',
] as const

export type Fault =
  /** SIGKILL at any moment; the next run dies at the failpoint, if there is one, and the run after that lives. */
  | { kind: 'kill'; process: string; failpoint?: string }
  /** SIGSTOP, and SIGCONT after `forMs`: shorter or longer than the session. */
  | { kind: 'freeze'; process: string; forMs: number }
  | { kind: 'restart'; store: 'kafka' | 'redis'; awayMs: number }

/** A fault happens so long after the record with this id was sent. */
export interface Scheduled {
  afterRecord: number
  delayMs: number
  fault: Fault
}

export interface FaultPlan {
  /** Joiners, of which the plan kills one after the other. */
  joiners: readonly string[]
  /** Other processes that are killed now and then. */
  others: readonly string[]
  kills: number
  sessionMs: number
  /** Freezes past the session, and inside it. */
  freezes: { past: number; inside: number }
  restarts: readonly ('kafka' | 'redis')[]
  /** How long a store is away. */
  outageMs: number
  /** Ids of the records during which faults happen. */
  from: number
  to: number
}

/** Spreads the faults evenly over the log, in a random order, each at a random moment of its stretch. */
export const planFaults = (random: Random, plan: FaultPlan): Scheduled[] => {
  const faults = shuffled(random, [
    ...Array.from({ length: plan.kills }, (_, n) => killOf(random, plan, n)),
    ...Array.from({ length: plan.freezes.past }, () => freezeOf(random, plan, 1.7)),
    ...Array.from({ length: plan.freezes.inside }, () => freezeOf(random, plan, 0.5)),
    ...plan.restarts.map((store): Fault => ({ kind: 'restart', store, awayMs: plan.outageMs })),
  ])
  const stretch = (plan.to - plan.from) / faults.length
  return faults.map((fault, n) => ({
    afterRecord: Math.floor(plan.from + stretch * (n + random.next())),
    delayMs: random.int(0, 300),
    fault,
  }))
}

/** Every fourth kill hits another process than the joiners; every second one plants a failpoint, in turn. */
const killOf = (random: Random, { joiners, others }: FaultPlan, n: number): Fault => {
  const turn = Math.floor(n / 2)
  const process = n % 4 === 3 ? others[Math.floor(n / 4) % others.length]! : joiners[turn % joiners.length]!
  if (n % 2 === 1) return { kind: 'kill', process }
  const point = failpoints[turn % failpoints.length]!
  // The first rebuild and fence happen once per partition and takeover, transactions many times a second.
  const visit = point === 'in-rebuild' || point === 'after-fence' ? 1 : random.int(1, 10)
  return { kind: 'kill', process, failpoint: `${point}:${visit}` }
}

const freezeOf = (random: Random, { joiners, sessionMs }: FaultPlan, sessions: number): Fault => ({
  kind: 'freeze',
  process: random.pick(joiners),
  forMs: Math.floor(sessionMs * sessions),
})

const shuffled = <T>(random: Random, list: T[]): T[] => {
  const keyed = list.map((item) => ({ item, place: random.next() }))
  return keyed.sort((a, b) => a.place - b.place).map(({ item }) => item)
}
