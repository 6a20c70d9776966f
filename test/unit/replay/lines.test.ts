import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { linesOf, type Line } from '../../../replay/lines.js'

async function* chunksOf(text: string | Buffer, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text)
  for (let start = 0; start < bytes.length; start += size)
    yield await Promise.resolve(bytes.subarray(start, start + size))
}

async function lines(text: string | Buffer, { size = 3, maxBytes = 100 } = {}): Promise<Line[]> {
  const all: Line[] = []
  for await (const some of linesOf(chunksOf(text, size), maxBytes)) all.push(...some)
  return all
}

const texts = async (text: string, options?: { size?: number; maxBytes?: number }): Promise<string[]> =>
  (await lines(text, options)).map(({ bytes }) => bytes.toString())

describe('linesOf: chunks → lines', () => {
  it('splits at \\n and \\r\\n, wherever the chunks end, and takes a last line without a line end', async () => {
    for (let size = 1; size < 12; size++) {
      expect(await texts('one\ntwo\r\n\n四\r\nfive', { size })).toEqual(['one', 'two', '', '四', 'five'])
    }
  })

  it('numbers lines from 1, empty ones too', async () => {
    expect((await lines('a\n\nb\n')).map(({ number }) => number)).toEqual([1, 2, 3])
  })

  it('has no line for nothing', async () => {
    expect(await texts('')).toEqual([])
    expect(await texts('\n')).toEqual([''])
  })

  it('keeps the beginning of a line that is too long, knows its length, and goes on', async () => {
    const [long, next] = await lines(`${'x'.repeat(1000)}\nnext\n`, { size: 7, maxBytes: 10 })
    expect([long!.bytes.toString(), long!.length]).toEqual(['xxxxxxxxxx', 1000])
    expect([next!.bytes.toString(), next!.length, next!.number]).toEqual(['next', 4, 2])
  })

  it('takes a line of exactly the limit whole', async () => {
    const [line] = await lines('0123456789\n', { maxBytes: 10 })
    expect([line!.bytes.length, line!.length]).toEqual([10, 10])
  })

  it('gives back any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme' })),
        fc.integer({ min: 1, max: 20 }),
        async (parts, size) => {
          const clean = parts.map((part) => part.replaceAll(/[\r\n]/g, ''))
          expect(await texts(clean.map((part) => `${part}\n`).join(''), { size, maxBytes: 10_000 })).toEqual(clean)
        },
      ),
    )
  })
})
