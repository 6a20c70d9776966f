import { RecordError } from '../../errors/errors.js'
import type { Port } from '../sets/manifest.js'
import { tokenBucket } from './buckets.js'
import { sizeOf, type TensorMap, type TensorValue } from './tensors.js'

/** An input or output of a model as rows see it: pixels come as bytes. */
export type RowPort = Omit<Port, 'type'> & { readonly type: Port['type'] | 'uint8' }
/** One input of a model, without the batch axis: `bool` as 0 or 1, token ids as long as they are. */
export type RowValue = Float32Array | BigInt64Array | Uint8Array
/** What a model reads for one example, by the names of its inputs. */
export type Row = Readonly<Record<string, RowValue>>
/** What a model says to one example, by the names of its outputs; every array is the caller's own. */
export type RowAnswer = Readonly<Record<string, Float32Array>>

/** No text is longer, whatever a manifest says. */
const MAX_TOKENS = 4096

/** Refuses a row before it gets into a batch with others. Throws RecordError MODEL_INPUT_INVALID. */
export function checkRow(model: string, inputs: readonly RowPort[], row: Row): void {
  for (const port of inputs) {
    const problem = problemWith(port, row[port.name])
    if (problem !== undefined)
      throw new RecordError('MODEL_INPUT_INVALID', `model ${model}, input ${port.name}: ${problem}`)
  }
}

function problemWith(port: RowPort, value: RowValue | undefined): string | undefined {
  if (value === undefined) return 'is missing'
  const right = {
    float32: Float32Array,
    float16: Float32Array,
    int64: BigInt64Array,
    bool: Uint8Array,
    uint8: Uint8Array,
  }[port.type]
  if (!(value instanceof right)) return `is a ${value.constructor.name}, not a ${right.name}`
  if (hasTokens(port)) {
    if (value.length < 1 || value.length > MAX_TOKENS) return `has ${value.length} tokens`
  } else if (value.length !== rowSize(port)) return `has ${value.length} values, not ${rowSize(port)}`
  if (value instanceof Float32Array) {
    if (areFinite(value)) return undefined
    const index = value.findIndex((each) => !Number.isFinite(each))
    return `value ${index} is ${value[index]}`
  }
  if (value instanceof BigInt64Array) return value.some((id) => id < 0n) ? 'has an id below 0' : undefined
  return port.type === 'bool' && value.some((flag) => flag > 1) ? 'has a flag that is neither 0 nor 1' : undefined
}

/** Without a call for each of many values: zero times infinity is no number, and stays so in a sum. */
function areFinite(values: Float32Array): boolean {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]! * 0
  return sum === 0
}

const hasTokens = (port: RowPort): boolean => port.shape.includes('tokens')
const rowSize = (port: RowPort): number => sizeOf(port.shape.slice(1) as number[])

/** Rows side by side, as a model reads them; texts padded with 0 to a common bucket of lengths. */
export const joinRows = (inputs: readonly RowPort[], rows: readonly Row[], maxTokens: number): TensorMap =>
  Object.fromEntries(
    inputs.map((port) => [
      port.name,
      joinPort(
        port,
        rows.map((row) => row[port.name]!),
        maxTokens,
      ),
    ]),
  )

function joinPort(port: RowPort, values: readonly RowValue[], maxTokens: number): TensorValue {
  const width = hasTokens(port)
    ? tokenBucket(
        values.reduce((longest, { length }) => Math.max(longest, length), 1),
        maxTokens,
      )
    : rowSize(port)
  const shape = [values.length, ...(hasTokens(port) ? [width] : (port.shape.slice(1) as number[]))]
  const fill = <Data extends RowValue>(data: Data): Data => {
    values.forEach((value, row) => (data as Float32Array).set(value as Float32Array, row * width))
    return data
  }
  const length = values.length * width
  if (port.type === 'int64') return { type: 'int64', shape, data: fill(new BigInt64Array(length)) }
  if (port.type === 'bool' || port.type === 'uint8')
    return { type: port.type, shape, data: fill(new Uint8Array(length)) }
  return { type: 'float32', shape, data: fill(new Float32Array(length)) }
}

/**
 * What belongs to each row, copied out of the batch. Throws an Error when an output has another shape than the manifest
 * says or holds no number: the batcher then finds the row that is to blame.
 */
export function splitRows(outputs: readonly RowPort[], batch: TensorMap, count: number): RowAnswer[] {
  const answers = Array.from({ length: count }, (): Record<string, Float32Array> => ({}))
  for (const port of outputs) {
    const value = batch[port.name]
    const width = rowSize(port)
    if (value?.type !== 'float32' || value.data.length !== width * count)
      throw new Error(`output ${port.name} has shape [${value?.shape.join(', ') ?? ''}]`)
    if (!areFinite(value.data)) throw new Error(`output ${port.name} is no number`)
    answers.forEach((answer, row) => (answer[port.name] = value.data.slice(row * width, (row + 1) * width)))
  }
  return answers
}
