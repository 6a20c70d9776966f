import { createHash } from 'node:crypto'

/**
 * The partition of a re-keyed output: a hash of the key, the same in every process and release, because two records
 * of one key in different partitions would be counted apart. (Inputs are partitioned by their producers.)
 */
export function partitionOf(key: string, partitions: number): number {
  if (partitions === 1) return 0
  return createHash('md5').update(key).digest().readUInt32BE(0) % partitions
}
