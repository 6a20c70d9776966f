import { TransientError, messageOf } from '../../errors/errors.js'

/** The first word of replies that say something of the server's state, not of the command. */
const passing = new Set([
  'BUSY', // a script runs for too long
  'CLUSTERDOWN',
  'LOADING',
  'MASTERDOWN',
  'MISCONF', // cannot save to its disk
  'NOREPLICAS',
  'NOSCRIPT', // restarted between two commands
  'OOM', // at its memory limit
  'READONLY', // a replica, after a failover
  'TRYAGAIN',
  'UNBLOCKED',
])

/** TransientError REDIS_UNAVAILABLE for all that a later try may mend; other replies are bugs and stay what they are. */
export function translateRedis(error: unknown): unknown {
  if (error instanceof Error && error.name === 'ReplyError' && !passing.has(error.message.split(' ', 1)[0]!))
    return error
  return new TransientError('REDIS_UNAVAILABLE', `Redis: ${messageOf(error)}`, { cause: error })
}

/**
 * The results of commands that were sent together. Throws the first failure, translated, but only when all have ended:
 * nothing is under way any more when the caller tries again.
 */
export async function together<Result>(commands: readonly Promise<Result>[]): Promise<Result[]> {
  const settled = await Promise.allSettled(commands)
  return settled.map((one) => {
    if (one.status === 'rejected') throw translateRedis(one.reason)
    return one.value
  })
}
