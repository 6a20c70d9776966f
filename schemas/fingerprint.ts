/**
 * CRC-64-AVRO, the fingerprint that single-object encoding puts in front of every record
 * (https://avro.apache.org/docs/1.12.0/specification/#schema-fingerprints).
 */
const EMPTY = 0xc15d213aa4d7a795n

const table = Array.from({ length: 256 }, (_, byte) => {
  let fingerprint = BigInt(byte)
  for (let bit = 0; bit < 8; bit++) fingerprint = (fingerprint >> 1n) ^ (EMPTY & -(fingerprint & 1n))
  return fingerprint
})

/** The 64-bit Rabin fingerprint of a schema in Parsing Canonical Form. */
export function fingerprint(canonicalSchema: string): bigint {
  let result = EMPTY
  for (const byte of Buffer.from(canonicalSchema, 'utf8')) {
    result = (result >> 8n) ^ table[Number(result & 0xffn) ^ byte]!
  }
  return result
}

/** The 10 bytes that open a single-object encoded record: C3 01 and the fingerprint, little-endian. */
export function singleObjectHeader(canonicalSchema: string): Buffer {
  const header = Buffer.from([0xc3, 0x01, 0, 0, 0, 0, 0, 0, 0, 0])
  header.writeBigUInt64LE(fingerprint(canonicalSchema), 2)
  return header
}
