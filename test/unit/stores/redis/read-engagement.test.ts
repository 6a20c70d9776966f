import { describe, expect, it } from '@jest/globals'
import { cover } from '../../../../stores/redis/read-engagement.js'

const DAY = 288

describe('cover: tiles → the fewest fields that sum them up', () => {
  it.each([
    ['one tile', 5, 6, [{ day: 0, fields: ['5'] }]],
    ['a whole hour', 12, 24, [{ day: 0, fields: ['h1'] }]],
    ['a whole day', DAY, 2 * DAY, [{ day: 1, fields: ['d'] }]],
    ['an hour and what is around it', 11, 25, [{ day: 0, fields: ['11', 'h1', '24'] }]],
    [
      'the end of a day, two days, the beginning of one',
      DAY - 13,
      3 * DAY + 13,
      [
        { day: 0, fields: ['275', 'h23'] },
        { day: 1, fields: ['d'] },
        { day: 2, fields: ['d'] },
        { day: 3, fields: ['h0', '12'] },
      ],
    ],
    [
      'a window that reaches back before the epoch',
      -1,
      1,
      [
        { day: -1, fields: ['287'] },
        { day: 0, fields: ['0'] },
      ],
    ],
  ])('takes %s', (_, first, end, days) => {
    expect(cover(first, end)).toEqual(days)
  })

  it('covers each tile of a week exactly once, wherever it begins', () => {
    for (const first of [0, 1, 11, 12, 143, 287, 20_000 * DAY + 151]) {
      const tiles = cover(first, first + 7 * DAY).flatMap(({ day, fields }) =>
        fields.flatMap((field) => {
          const number = Number(field.replace(/\D/g, ''))
          const [from, length] = field === 'd' ? [0, DAY] : field.startsWith('h') ? [number * 12, 12] : [number, 1]
          return Array.from({ length }, (_, n) => day * DAY + from + n)
        }),
      )
      expect(tiles).toEqual(Array.from({ length: 7 * DAY }, (_, n) => first + n))
    }
  })
})
