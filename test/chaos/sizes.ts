/** How hard a run of the chaos test is. */
export interface Size {
  requests: number
  /** Processes that share the partitions of the joiner. */
  joiners: number
  kills: number
  freezes: { past: number; inside: number }
  restarts: readonly ('kafka' | 'redis')[]
  /** Of the test that does nothing else. */
  brokerRestarts: number
  partitions: number
  sessionMs: number
  /** How long the broker and Redis are away when they are restarted. */
  outageMs: number
  /** The sender waits while the joiner is more records behind than this, so that faults meet work everywhere. */
  backlog: number
  /** Between two sends of 200 records while a fault is under way. */
  paceMs: number
  timeoutMs: number
}

export const sizes = {
  /** For every change: under 120 s. */
  short: {
    requests: 2000,
    joiners: 2,
    kills: 12,
    freezes: { past: 3, inside: 1 },
    restarts: ['kafka', 'redis'],
    brokerRestarts: 3,
    partitions: 2,
    sessionMs: 2000,
    outageMs: 2000,
    backlog: 2000,
    paceMs: 300,
    timeoutMs: 240_000,
  },
  /** `npm run test:chaos`. */
  long: {
    requests: 20_000,
    joiners: 2,
    kills: 24,
    freezes: { past: 5, inside: 3 },
    restarts: ['kafka', 'redis'],
    brokerRestarts: 60,
    partitions: 4,
    sessionMs: 3000,
    outageMs: 5000,
    backlog: 5000,
    paceMs: 300,
    timeoutMs: 1_200_000,
  },
} as const satisfies Record<string, Size>

export const sizeOf = (env: NodeJS.ProcessEnv): { name: keyof typeof sizes; size: Size } => {
  const name = env.KINORA_CHAOS === 'long' ? 'long' : 'short'
  return { name, size: sizes[name] }
}
