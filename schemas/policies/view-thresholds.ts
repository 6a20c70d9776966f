import { join } from 'node:path'
import { z } from 'zod'
import { fitPolicy, policiesFolder, readPolicyFile } from './policy-file.js'

const ViewThresholdsDocument = z
  .strictObject({
    thresholds: z.string().min(1),
    doc: z.string(),
    valid_play_s: z.int().positive(),
    long_view_s: z.int().positive(),
    short_play_ms: z.int().positive(),
  })
  .refine((thresholds) => thresholds.long_view_s >= thresholds.valid_play_s, {
    path: ['long_view_s'],
    error: 'a long view cannot be shorter than a valid play',
  })

/** From when on a play counts as valid, long or short: seconds are whole, floored; see the outcome rule. */
export interface ViewThresholds {
  readonly valid_play_s: number
  readonly long_view_s: number
  readonly short_play_ms: number
}

/** Checks one thresholds document. Throws POLICY_INVALID naming the file and the field. */
export function parseViewThresholds(document: unknown, file: string): ViewThresholds {
  const { valid_play_s, long_view_s, short_play_ms } = fitPolicy(ViewThresholdsDocument, document, file)
  return { valid_play_s, long_view_s, short_play_ms }
}

/** The thresholds that outcomes are computed with. Throws POLICY_INVALID. */
export function loadViewThresholds(name = 'view-thresholds-v1', folder = policiesFolder()): ViewThresholds {
  const file = join(folder, `${name}.json`)
  return parseViewThresholds(readPolicyFile(file), file)
}
