import type { Logger } from 'pino'

/** Ends this process with 1 if it is still there after `ms`: what hangs while it stops must leave no zombie behind. */
export function endWithin(ms: number, logger: Logger): void {
  const end = () => {
    logger.fatal({ ms }, 'not stopped in time')
    process.exit(1)
  }
  setTimeout(end, ms).unref()
}
