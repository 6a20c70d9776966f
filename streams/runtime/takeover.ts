import { FatalError } from '../../errors/errors.js'
import { decodeMetadata, type CommitMetadata } from './commit-metadata.js'
import { verdicts } from './verdict.js'

/** What Kafka knows of one input of a partition when it changes hands. */
export interface InputOffsets {
  readonly topic: string
  readonly partition: number
  /** The committed offset; negative when nothing was ever committed. */
  readonly offset: number
  readonly metadata: string | null
  /** The oldest offset that retention has left. */
  readonly earliest: number
}

/** Where to start reading: from the rebuild offsets, silently, up to the positions; then live. */
export interface Takeover {
  /** State was lost and the operator accepted it. */
  readonly lossAccepted: boolean
  readonly committed: readonly CommitMetadata[] | null
  readonly rebuildFrom: readonly number[]
  readonly positions: readonly number[]
}

/**
 * Plans how to go on from what the last owner committed.
 *
 * @param rules those of the fold that takes over
 * @param acceptLoss go on with what is left where state is lost; the operator has said so
 * @throws FatalError STATE_LOST when records that open windows need are gone, or offsets carry no metadata: going on
 * would silently lose what those windows held; CONFIG_INVALID when there is state that was built under other rules
 */
export function planTakeover(inputs: readonly InputOffsets[], rules = '', acceptLoss = false): Takeover {
  const earliest = inputs.map((input) => input.earliest)
  if (inputs.every(({ offset }) => offset < 0))
    return { committed: null, rebuildFrom: earliest, positions: earliest, lossAccepted: false }
  let lossAccepted = false
  const committed = inputs.map((input) => {
    const metadata = decodeMetadata(input.metadata)
    const loss = lossOf(input, metadata)
    if (metadata && metadata.rules !== rules && metadata.rebuildOffset < input.offset)
      throw otherRules(input, metadata.rules, rules)
    if (loss === undefined) return metadata!
    if (!acceptLoss) throw stateLost(input, loss)
    lossAccepted = true
    return remaining(input, rules, metadata)
  })
  return {
    committed,
    rebuildFrom: committed.map(({ rebuildOffset }) => rebuildOffset),
    positions: inputs.map(({ offset, earliest }) => Math.max(offset, earliest)),
    lossAccepted,
  }
}

function lossOf({ offset, earliest }: InputOffsets, metadata: CommitMetadata | undefined): string | undefined {
  if (offset < 0 || !metadata) return 'the committed offset carries no metadata of ours'
  if (metadata.rebuildOffset >= earliest) return undefined
  return `open windows need offset ${metadata.rebuildOffset}, but the log begins at ${earliest}`
}

const nothingKnown: Omit<CommitMetadata, 'rebuildOffset' | 'rules'> = {
  ...{ maxAt: -Infinity, asserted: -Infinity, watermark: -Infinity, saved: '' },
  counts: verdicts.map(() => 0),
}

/** What can still be rebuilt: the records that are left, and what the metadata says if it is there. */
const remaining = ({ offset, earliest }: InputOffsets, rules: string, metadata?: CommitMetadata): CommitMetadata => {
  const known = metadata ?? { ...nothingKnown, rules, rebuildOffset: Math.max(offset, 0) }
  return { ...known, rebuildOffset: Math.max(known.rebuildOffset, earliest) }
}

const otherRules = ({ topic, partition }: InputOffsets, theirs: string, ours: string): FatalError =>
  new FatalError(
    'CONFIG_INVALID',
    `${topic}[${partition}] was processed with ${theirs}, now it is ${ours}: set what it was, or use another namespace`,
  )

/** The error that stops a stream whose state cannot be rebuilt. */
export const stateLost = ({ topic, partition }: Pick<InputOffsets, 'topic' | 'partition'>, why: string): FatalError =>
  new FatalError(
    'STATE_LOST',
    `${topic}[${partition}]: ${why}. To go on with what is left, set KINORA_ACCEPT_STATE_LOSS=true for one start ("State lost" in docs/runbook.md).`,
  )
