import { InvalidArgumentError, Option } from 'commander'

const pattern = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/

/** An option that takes an instant; the command gets epoch milliseconds. */
export const timeOption = (flags: string, about: string): Option =>
  new Option(flags, `${about} (epoch ms, or ISO 8601, UTC unless it says otherwise)`).argParser(parseTime)

/**
 * `2026-01-31`, `2026-01-31T08:00`, `2026-01-31T08:00:00.000+08:00`, or epoch milliseconds. What has no zone is UTC, so
 * that the same command means the same time everywhere. Throws commander's InvalidArgumentError.
 */
export function parseTime(text: string): number {
  const epochMs = /^\d+$/.test(text) ? Number(text) : parseIso(text)
  if (!Number.isSafeInteger(epochMs) || epochMs < 0)
    throw new InvalidArgumentError('expected epoch milliseconds or ISO 8601, as in 2026-01-31T08:00:00Z')
  return epochMs
}

function parseIso(text: string): number {
  if (!pattern.test(text)) return NaN
  const [date, time = '00:00'] = text.split('T') as [string, string?]
  const midnight = new Date(`${date}T00:00Z`)
  // A 31st of February would roll over into March.
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== date) return NaN
  return Date.parse(`${date}T${/(Z|[+-]\d{2}:\d{2})$/.test(time) ? time : `${time}Z`}`)
}
