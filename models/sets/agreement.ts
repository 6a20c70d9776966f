import { FatalError } from '../../errors/errors.js'
import type { Device } from '../inference/device.js'
import type { TensorMap, TensorValue } from '../inference/tensors.js'
import { cosine } from '../match.js'

/** GPUs round otherwise (some multiply in 19 bits): what must agree there is the direction. */
const LOWEST_COSINE = 0.999

export interface AgreementOptions {
  /** Starts every message. */
  readonly what: string
  /** Largest absolute difference on the CPU. */
  readonly tolerance: number
  readonly device: Device
}

/**
 * Compares the outputs of a model with the recorded ones.
 *
 * @returns the largest absolute difference
 * @throws FatalError MODEL_SET_MISMATCH when an output is missing, has another shape or is too far from the record
 */
export function checkAgreement(expected: TensorMap, found: TensorMap, options: AgreementOptions): number {
  const { what } = options
  const differences = Object.entries(expected).map(([name, tensor]) => {
    const other = found[name]
    if (other === undefined) throw mismatch(`${what} gives no ${name}`)
    return checkTensor(tensor, other, { ...options, what: `${what}, ${name}` })
  })
  return Math.max(0, ...differences)
}

function checkTensor(expected: TensorValue, found: TensorValue, { what, tolerance, device }: AgreementOptions): number {
  if (expected.type !== 'float32' || found.type !== 'float32' || expected.shape.join() !== found.shape.join())
    throw mismatch(
      `${what}: ${found.type} [${found.shape.join(', ')}], and ${expected.type} [${expected.shape.join(', ')}] is recorded`,
    )
  const difference = largestDifference(expected.data, found.data)
  if (difference <= tolerance) return difference
  const direction = device === 'cpu' ? null : cosine(expected.data, found.data)
  if (direction !== null && direction >= LOWEST_COSINE) return difference
  const how = direction === null ? '' : ` and cosine ${direction.toFixed(5)} is below ${LOWEST_COSINE}`
  throw mismatch(`${what} differs from the record by ${difference.toPrecision(2)}, more than ${tolerance}${how}`)
}

/** NaN anywhere is infinitely far. */
export function largestDifference(a: Float32Array, b: Float32Array): number {
  let largest = 0
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!)
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference
  }
  return largest
}

const mismatch = (message: string): FatalError => new FatalError('MODEL_SET_MISMATCH', message)
