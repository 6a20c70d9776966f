import type { Writable } from 'node:stream'
import type { FreshnessSummary } from './freshness.js'
import { formatCount, formatMs, styleOf, type Style } from './style.js'

/** What the live display shows. */
export interface DemoProgress {
  phase: 'live' | 'closing'
  elapsedMs: number
  durationMs: number
  sent: number
  sentPerSecond: number
  outcomes: number
  samples: number
  /** Records that the joiner has not processed yet. */
  lag: number
  freshness: FreshnessSummary
}

const BAR_COLUMNS = 40

/** The display as lines, to be drawn over the last one. Pure. */
export function renderProgress(state: DemoProgress, style: Style): string {
  const done = Math.min(1, state.elapsedMs / state.durationMs)
  const filled = Math.round(done * BAR_COLUMNS)
  const bar = style.accent('█'.repeat(filled)) + style.dim('░'.repeat(BAR_COLUMNS - filled))
  const name = (text: string) => style.dim(text.padEnd(10))
  const { p50, p99, probes } = state.freshness
  return [
    `${bar}  ${clockOf(state)}`,
    `${name('events')}${formatCount(state.sent)} sent, ${formatCount(state.sentPerSecond)}/s`,
    `${name('outcomes')}${formatCount(state.outcomes)}`,
    `${name('samples')}${formatCount(state.samples)}`,
    `${name('lag')}${formatCount(state.lag)} records`,
    `${name('freshness')}p50 ${formatMs(p50)}, p99 ${formatMs(p99)} ${style.dim(`sent → in Redis, ${probes} probes`)}`,
  ].join('\n')
}

/** The same as one line, for logs. Pure. */
export const progressLine = (state: DemoProgress): string =>
  [
    clockOf(state),
    `sent ${state.sent} (${state.sentPerSecond}/s)`,
    `outcomes ${state.outcomes}`,
    `samples ${state.samples}`,
    `lag ${state.lag}`,
    `freshness p50 ${formatMs(state.freshness.p50)} p99 ${formatMs(state.freshness.p99)}`,
  ].join('  ')

const clockOf = ({ phase, elapsedMs, durationMs }: DemoProgress) =>
  phase === 'live'
    ? `${(Math.min(elapsedMs, durationMs) / 1000).toFixed(1)} s of ${durationMs / 1000} s`
    : 'closing the last windows'

export interface ProgressWriter {
  show(state: DemoProgress): void
  /** Leaves the last display where it is, so that other output can follow. */
  end(): void
}

export interface ProgressOptions {
  out: Writable
  /** Redraw in place; false (no terminal, or CI): a line every few seconds. */
  redraw: boolean
  color: boolean
}

const LINE_EVERY_MS = 2_000

/** Draws each state over the last, or appends a line now and then. */
export function openProgress({ out, redraw, color }: ProgressOptions): ProgressWriter {
  const style = styleOf(color)
  let lines = 0
  let nextLineAtMs = 0
  return {
    show: (state) => {
      if (redraw) {
        const text = renderProgress(state, style)
        out.write(`${erased(lines)}${text}\n`)
        lines = text.split('\n').length
      } else if (state.elapsedMs >= nextLineAtMs) {
        out.write(`${progressLine(state)}\n`)
        nextLineAtMs = (Math.floor(state.elapsedMs / LINE_EVERY_MS) + 1) * LINE_EVERY_MS
      }
    },
    end: () => {
      lines = 0
    },
  }
}

/** Moves up over what was drawn and clears it. */
const erased = (lines: number) => (lines > 0 ? `\u001b[${lines}A\u001b[J` : '')
