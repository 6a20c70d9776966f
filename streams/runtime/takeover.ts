import { FatalError } from '../../errors/errors.js'
import { decodeMetadata, type CommitMetadata } from './commit-metadata.js'

/** What Kafka knows of one input of a partition when it changes hands. */
export interface InputOffsets {
  readonly topic: string
  readonly partition: number
  /** The committed offset; -1 when nothing was ever committed. */
  readonly offset: number
  readonly metadata: string | null
  /** The oldest offset that retention has left. */
  readonly earliest: number
}

/** Where to start reading: from the rebuild offsets, silently, up to the positions; then live. */
export interface Takeover {
  readonly committed: readonly CommitMetadata[] | null
  readonly rebuildFrom: readonly number[]
  readonly positions: readonly number[]
}

/**
 * Plans how to go on from what the last owner committed.
 *
 * @throws FatalError STATE_LOST when records that open windows need are gone, or offsets carry no metadata: going on
 * would silently lose what those windows held.
 */
export function planTakeover(inputs: readonly InputOffsets[]): Takeover {
  const earliest = inputs.map((input) => input.earliest)
  if (inputs.every(({ offset }) => offset < 0)) return { committed: null, rebuildFrom: earliest, positions: earliest }
  const committed = inputs.map((input) => {
    const metadata = decodeMetadata(input.metadata)
    if (input.offset < 0 || !metadata) throw stateLost(input, 'the committed offset carries no metadata of ours')
    if (metadata.rebuildOffset < input.earliest)
      throw stateLost(
        input,
        `open windows need offset ${metadata.rebuildOffset}, but the log begins at ${input.earliest}`,
      )
    return metadata
  })
  return {
    committed,
    rebuildFrom: committed.map(({ rebuildOffset }) => rebuildOffset),
    positions: inputs.map(({ offset }) => offset),
  }
}

const stateLost = ({ topic, partition }: InputOffsets, why: string): FatalError =>
  new FatalError(
    'STATE_LOST',
    `${topic}[${partition}]: ${why}. See "State lost" in docs/runbook.md for how to go on without those windows.`,
  )
