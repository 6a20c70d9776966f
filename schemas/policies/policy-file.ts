import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { FatalError, messageOf } from '../../errors/errors.js'
import { packageRoot } from '../../config/package-root.js'

/** Where the policies that ship with Kinora are. */
export const policiesFolder = (): string => join(packageRoot(), 'schemas', 'policies')

/** The parsed JSON of one policy file. Throws POLICY_INVALID, naming the file, when it cannot be read. */
export function readPolicyFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new FatalError('POLICY_INVALID', `${file}: ${messageOf(cause)}`, { cause })
  }
}

/** The document in its schema's type. Throws POLICY_INVALID with the file and each field that does not fit. */
export function fitPolicy<Type>(schema: z.ZodType<Type>, document: unknown, file: string): Type {
  const result = schema.safeParse(document)
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => `${z.core.toDotPath(issue.path) || 'document'}: ${issue.message}`)
  throw new FatalError('POLICY_INVALID', `${file}: ${problems.join('; ')}`)
}
