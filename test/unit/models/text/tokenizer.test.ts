import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { parseGolden } from '../../../../models/sets/golden.js'
import { readTokenizer } from '../../../../models/text/tokenizer.js'
import { tinyManifest, tinySet } from '../../../helpers/tiny-set.js'

const json = readFileSync(join(tinySet, 'tokenizer.json'), 'utf8')
const tokenizer = readTokenizer(json, 'tokenizer.json')
const { vocab } = (JSON.parse(json) as { model: { vocab: Record<string, number> } }).model

/** What a text is read as; ? for a character that the set does not know. */
function read(text: string, maxTokens = 12): string {
  const characters = new Map(Object.entries(vocab).map(([character, id]) => [id, character]))
  const [first, ...rest] = [...tokenizer.encode(text, maxTokens)].map((id) => characters.get(Number(id))!)
  expect(first).toBe('[CLS]')
  return rest.join('').replaceAll('[UNK]', '?')
}

describe('the tokenizer', () => {
  const golden = parseGolden(readFileSync(join(tinySet, 'golden.json'), 'utf8'), 'golden.json')
  it.each(golden.texts)('reads $kind "$text" as training does', ({ text, kind, ids }) => {
    expect([...tokenizer.encode(text, tinyManifest().tokenizer.max_tokens[kind])].map(Number)).toEqual(ids)
  })

  it.each([
    ['halves of a surrogate pair', '苹\ud83d果\udc4d', '苹果'],
    ['control and format characters', '苹\u0000\u200b\ufeff果', '苹果'],
    ['white space of every kind', ' 苹 \t\r\n\u3000\u2028果', '苹果'],
    ['names of special tokens', '[CLS]', '?????'],
    ['capitals', 'IPHONE', 'iphone'],
    ['nothing', '', ''],
  ])('drops or keeps %s', (_, text, expected) => {
    expect(read(text)).toBe(expected)
  })

  it('lowers each character by itself: no final sigma', () => {
    const greek = JSON.stringify({
      ...(JSON.parse(json) as object),
      model: { type: 'WordPiece', unk_token: '[UNK]', vocab: { '[UNK]': 1, '[CLS]': 2, α: 3, σ: 4, ς: 5 } },
    })
    expect([...readTokenizer(greek, 'greek').encode('ΑΣ', 9)]).toEqual([2n, 3n, 4n])
  })

  it('cuts what is too long, however much of it says nothing', () => {
    expect(read('苹果'.repeat(50), 4)).toBe('苹果苹')
    const started = performance.now()
    expect(read(' '.repeat(50_000_000) + '苹')).toBe('')
    expect(performance.now() - started).toBeLessThan(1000)
  })

  it.each(['', '{}', '[]', '{"model":{"type":"Unheard"}}', '{"model":{"type":"WordPiece","vocab":7}}'])(
    'that is %s is refused',
    (source) => {
      expect(() => readTokenizer(source, 'set/tokenizer.json')).toThrow(
        expect.objectContaining({
          code: 'MODEL_SET_INVALID',
          message: expect.stringMatching(/^set\/tokenizer.json is no/) as unknown,
        }),
      )
    },
  )
})
