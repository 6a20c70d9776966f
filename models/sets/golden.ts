import { z } from 'zod'
import { FatalError } from '../../errors/errors.js'
import type { TensorValue } from '../inference/tensors.js'
import { modalityNames, textModalities, type Modality, type TextModality } from '../modalities.js'
import { textKinds } from '../text-budgets.js'
import { jsonOf } from './manifest.js'

const tensor = z.object({
  type: z.enum(['float32', 'int64', 'bool']),
  shape: z.array(z.int().min(1).max(65_536)).max(4),
  /** Little-endian bytes. */
  data: z.base64(),
})

/** A file of the set: one folder deep at most, and never upwards. */
const path = z
  .string()
  .regex(/^([A-Za-z0-9_][A-Za-z0-9._-]*\/)?[A-Za-z0-9_][A-Za-z0-9._-]*$/, 'is no path inside the set')

const tensors = z.record(z.string(), tensor)
const levels = z.int().min(0).max(64)
const text = z.string().nullable()

const video = z.object({
  ...(Object.fromEntries(textModalities.map((name) => [name, text])) as Record<TextModality, typeof text>),
  cover: path.nullable(),
  clip: path.nullable(),
  modalities: z.object(
    Object.fromEntries(modalityNames.map((name) => [name, tensor.nullable()])) as Record<
      Modality,
      z.ZodNullable<typeof tensor>
    >,
  ),
  perception: tensor.nullable(),
  content: tensor.nullable(),
})

const goldenSchema = z.object({
  models: z.record(z.string(), z.object({ inputs: tensors, outputs: tensors })),
  texts: z
    .array(
      z.object({
        text: z.string(),
        kind: z.enum(textKinds),
        ids: z.array(z.int().min(0)),
      }),
    )
    .min(1),
  images: z.array(z.object({ file: path, pixels: path, max_level_difference: levels })),
  clips: z.array(z.object({ file: path, pixels: z.array(path), max_level_difference: levels })),
  vectors: z.object({
    queries: z.array(z.object({ text: z.string(), vector: tensor })).min(1),
    videos: z.array(video),
  }),
})

export type Golden = z.output<typeof goldenSchema>
export type GoldenTensor = z.output<typeof tensor>
export type GoldenVideo = Golden['vectors']['videos'][number]

/**
 * Reads golden.json: what a runtime must reproduce before it may use a set.
 *
 * @throws FatalError MODEL_SET_INVALID
 */
export function parseGolden(source: string, where: string): Golden {
  const parsed = goldenSchema.safeParse(jsonOf(source, where))
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.slice(0, 20).map(({ path, message }) => `\n  ${path.join('.')}: ${message}`)
  throw new FatalError('MODEL_SET_INVALID', `${where} is no golden file:${problems.join('')}`)
}

const bytesOf = { float32: 4, int64: 8, bool: 1 } as const

/** The tensor that a record holds. Throws FatalError MODEL_SET_INVALID when its bytes do not fill its shape. */
export function decodeTensor({ type, shape, data }: GoldenTensor, where: string): TensorValue {
  const bytes = Uint8Array.from(Buffer.from(data, 'base64'))
  const count = shape.reduce((product, size) => product * size, 1)
  if (bytes.length !== count * bytesOf[type])
    throw new FatalError(
      'MODEL_SET_INVALID',
      `${where}: ${bytes.length} bytes for ${type} of shape [${shape.join(', ')}]`,
    )
  if (type === 'float32') return { type, shape, data: new Float32Array(bytes.buffer) }
  if (type === 'int64') return { type, shape, data: new BigInt64Array(bytes.buffer) }
  return { type, shape, data: bytes }
}
