import { describe, expect, it } from '@jest/globals'
import { TransientError } from '../../../../errors/errors.js'
import { together, translateRedis } from '../../../../stores/redis/redis-errors.js'

const reply = (message: string): Error => Object.assign(new Error(message), { name: 'ReplyError' })

describe('translateRedis', () => {
  it.each(['LOADING Redis is loading', 'OOM command not allowed', 'READONLY You can’t write', 'MISCONF disk full'])(
    'calls %s a state that passes',
    (message) => {
      const translated = translateRedis(reply(message))
      expect(translated).toBeInstanceOf(TransientError)
      expect(translated).toMatchObject({ code: 'REDIS_UNAVAILABLE', retriable: true })
    },
  )

  it('takes whatever is not an answer of the server for a lost connection', () => {
    expect(translateRedis(new Error('Connection is closed.'))).toBeInstanceOf(TransientError)
  })

  it('leaves other answers as they are: they are bugs', () => {
    const error = reply('WRONGTYPE Operation against a key holding the wrong kind of value')
    expect(translateRedis(error)).toBe(error)
  })
})

describe('together', () => {
  it('gives all results in order', async () => {
    expect(await together([Promise.resolve(1), Promise.resolve(2)])).toEqual([1, 2])
  })

  it('throws a failure only when everything has ended, so that a second try meets nothing of the first', async () => {
    let ended = false
    const slow = new Promise<void>((settle) => setTimeout(settle, 5)).then(() => void (ended = true))
    await expect(together([Promise.reject(new Error('lost')), slow])).rejects.toBeInstanceOf(TransientError)
    expect(ended).toBe(true)
  })
})
