/** How hard a run of the chaos test is. */
export interface Size {
  requests: number
  /** Processes that share the partitions of the joiner. */
  joiners: number
  kills: number
  freezes: { past: number; inside: number }
  restarts: readonly ('kafka' | 'redis')[]
  partitions: number
  sessionMs: number
  /** The sender waits while the joiner is more records behind than this, so that faults meet work everywhere. */
  backlog: number
  timeoutMs: number
}

export const sizes = {
  /** For every change: under 90 s. */
  short: {
    requests: 2000,
    joiners: 2,
    kills: 6,
    freezes: { past: 1, inside: 0 },
    restarts: [],
    partitions: 2,
    sessionMs: 2000,
    backlog: 2000,
    timeoutMs: 180_000,
  },
  /** `npm run test:chaos`. */
  long: {
    requests: 20_000,
    joiners: 2,
    kills: 24,
    freezes: { past: 2, inside: 2 },
    restarts: ['kafka', 'redis'],
    partitions: 4,
    sessionMs: 3000,
    backlog: 5000,
    timeoutMs: 1_200_000,
  },
} as const satisfies Record<string, Size>

export const sizeOf = (env: NodeJS.ProcessEnv): { name: keyof typeof sizes; size: Size } => {
  const name = env.KINORA_CHAOS === 'long' ? 'long' : 'short'
  return { name, size: sizes[name] }
}
