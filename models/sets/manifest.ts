import { z } from 'zod'
import { FatalError } from '../../errors/errors.js'
import { modalityNames, perceptionModalities } from '../modalities.js'
import { textKinds, type TextKind } from '../text-budgets.js'

/** The models of a set. `query` is the student that serves queries, `document` the teacher that reads videos' texts. */
export const modelNames = ['stem', 'image', 'frames', 'query', 'document', 'perception', 'content'] as const
export type ModelName = (typeof modelNames)[number]

/** No file of a set is larger: what a manifest says is believed only below this. */
const MAX_FILE_BYTES = 4 * 2 ** 30
/** Nor are its JSON files: they are parsed as a whole. */
export const MAX_JSON_BYTES = 64 * 2 ** 20
const MAX_SIDE = 4096

/** A name of one path part: letters, digits, dots, dashes, underscores, and no dot in front. */
const partName = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/, 'is no plain file name')
const idName = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/, 'is no name (lower-case letters, digits, dots, dashes)')

const fileFields = {
  file: partName,
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'is no sha256'),
  bytes: z.int().min(1).max(MAX_FILE_BYTES),
}

const jsonFields = { ...fileFields, bytes: z.int().min(1).max(MAX_JSON_BYTES) }

const dimension = z.union([z.int().min(1).max(65_536), z.enum(['batch', 'tokens'])])

const port = z.strictObject({
  name: partName,
  type: z.enum(['float32', 'float16', 'int64', 'bool']),
  shape: z.array(dimension).min(1).max(4),
})

const ports = z
  .array(port)
  .min(1)
  .max(4)
  .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'names one port twice')

const model = z.strictObject({ ...fileFields, inputs: ports, outputs: ports })

const maxTokens = z.int().min(2).max(4096)

const sameAs = (words: readonly string[]) =>
  z.array(z.string()).refine((given) => given.join() === words.join(), `must be ${words.join(', ')}`)

const three = z.tuple([z.number(), z.number(), z.number()])

/** manifest.json of a model set, format 1 (docs/models.md). */
const manifestSchema = z.object({
  format: z.literal(1),
  set: idName,
  version: idName,
  /** Of every vector. */
  dim: z.int().min(1).max(8192),
  models: z.strictObject(
    Object.fromEntries(modelNames.map((name) => [name, model])) as Record<ModelName, typeof model>,
  ),
  tokenizer: z.object({
    ...jsonFields,
    max_tokens: z.strictObject(
      Object.fromEntries(textKinds.map((kind) => [kind, maxTokens])) as Record<TextKind, typeof maxTokens>,
    ),
  }),
  image: z.object({
    size: z.int().min(1).max(MAX_SIDE),
    resize: z.literal('bicubic, aspect squashed'),
    mean: three,
    std: three.refine((std) => std.every((value) => value > 0), 'must be above 0'),
    scale: z.number().positive(),
  }),
  frames: z
    .object({ count: z.int().min(1).max(64), sampling: z.string() })
    .refine(({ count, sampling }) => sampling === `middle of ${count} equal parts`, {
      path: ['sampling'],
      message: 'must be "middle of COUNT equal parts"',
    }),
  modalities: sameAs(modalityNames),
  domains: z.strictObject({ perception: sameAs(perceptionModalities), content: sameAs(modalityNames) }),
  golden: z.object({ ...jsonFields, tolerance: z.number().positive().max(0.1) }),
  provenance: z.record(z.string(), z.unknown()),
})

export type Manifest = z.output<typeof manifestSchema>
export type ModelFile = Manifest['models'][ModelName]
export type Port = z.output<typeof port>

/**
 * Reads the text of a manifest.
 *
 * @param where named in errors
 * @throws FatalError MODEL_SET_INVALID with every field that does not fit
 */
export function parseManifest(text: string, where: string): Manifest {
  const parsed = manifestSchema.safeParse(jsonOf(text, where))
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues
    .slice(0, 20)
    .map(({ path, message }) => `\n  ${path.join('.') || 'it'}: ${message}`)
  throw new FatalError('MODEL_SET_INVALID', `${where} is no manifest of a model set (format 1):${problems.join('')}`)
}

/** Of the numbers inside the models; their inputs and outputs are float32 either way. */
export function precisionOf({ provenance: { precision } }: Manifest): 'float32' | 'float16' {
  return typeof precision === 'string' && precision.startsWith('float16') ? 'float16' : 'float32'
}

/** @throws FatalError MODEL_SET_INVALID when the text is no JSON */
export function jsonOf(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new FatalError('MODEL_SET_INVALID', `${where} is not JSON: ${(error as Error).message}`, { cause: error })
  }
}
