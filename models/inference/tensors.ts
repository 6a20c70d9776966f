import { Tensor } from 'onnxruntime-node'

/** Dense values in row-major order; `bool` is one byte each, 0 or 1. */
export type TensorValue =
  | { readonly type: 'float32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly type: 'int64'; readonly shape: readonly number[]; readonly data: BigInt64Array }
  | { readonly type: 'bool' | 'uint8'; readonly shape: readonly number[]; readonly data: Uint8Array }

export type TensorMap = Readonly<Record<string, TensorValue>>

/** For onnxruntime, without copying. */
export function toTensor({ type, data, shape }: TensorValue): Tensor {
  if (type === 'float32') return new Tensor('float32', data, shape)
  if (type === 'int64') return new Tensor('int64', data, shape)
  return new Tensor(type, data, shape)
}

/** From onnxruntime, without copying. Throws an Error on types that no model of ours gives. */
export function fromTensor(tensor: Tensor): TensorValue {
  const { type, data, dims: shape } = tensor
  if (type === 'float32') return { type, shape, data: data as Float32Array }
  if (type === 'int64') return { type, shape, data: data as BigInt64Array }
  if (type === 'bool') return { type, shape, data: data as Uint8Array }
  throw new Error(`an output of type ${type}`)
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1)
