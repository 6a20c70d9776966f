/**
 * The partition of a re-keyed output: a hash of the key, the same in every process and release, because two records
 * of one key in different partitions would be counted apart. (Inputs are partitioned by their producers.)
 */
export function partitionOf(key: string, partitions: number): number {
  return partitions === 1 ? 0 : hashOf(key) % partitions
}

/** FNV-1a over UTF-16 units with MurmurHash3's last mixing steps: 32 bits, every one of them well spread. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
