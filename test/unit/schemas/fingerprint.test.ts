import { describe, expect, it } from '@jest/globals'
import { fingerprint, singleObjectHeader } from '../../../schemas/fingerprint.js'

/** From the Avro project: share/test/data/schema-tests.txt. */
describe('fingerprint: canonical schema → CRC-64-AVRO', () => {
  it.each([
    ['"null"', 7195948357588979594n],
    ['"boolean"', -6970731678124411036n],
    ['"int"', 8247732601305521295n],
    ['"long"', -3434872931120570953n],
    ['"float"', 5583340709985441680n],
    ['"double"', -8181574048448539266n],
    ['"bytes"', 5746618253357095269n],
    ['"string"', -8142146995180207161n],
    ['[]', -1241056759729112623n],
    ['["int"]', -5232228896498058493n],
    ['["int","boolean"]', 5392556393470105090n],
    ['{"name":"foo","type":"record","fields":[]}', -4824392279771201922n],
  ])('equals the known value of the Avro project for %s', (schema, expected) => {
    expect(BigInt.asIntN(64, fingerprint(schema))).toBe(expected)
  })

  it('is c15d213aa4d7a795 for nothing', () => {
    expect(fingerprint('')).toBe(0xc15d213aa4d7a795n)
  })

  it('stands little-endian after C3 01', () => {
    expect(singleObjectHeader('"null"').toString('hex')).toBe('c3018a8f25cce724dd63')
  })
})
