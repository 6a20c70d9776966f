import { describe, expect, it } from '@jest/globals'
import { pino } from 'pino'
import { whileAway } from '../../../../stores/kafka/while-away.js'

const logger = pino({ level: 'silent' })

/** As kafkajs packs it. */
const refused = () =>
  Object.assign(new Error('gave up'), {
    name: 'KafkaJSNonRetriableError',
    cause: Object.assign(new Error('connect ECONNREFUSED'), { name: 'KafkaJSConnectionError' }),
  })

describe('whileAway', () => {
  it('tries again while no broker answers', async () => {
    let tries = 0
    const answer = await whileAway(() => (++tries < 2 ? Promise.reject(refused()) : Promise.resolve('up')), { logger })
    expect({ answer, tries }).toEqual({ answer: 'up', tries: 2 })
  })

  it('gives up with a code when its patience ends', async () => {
    const waiting = whileAway(() => Promise.reject(refused()), { logger, patienceMs: -1 })
    await expect(waiting).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE', retriable: true })
  })

  it('does not try again what is wrong in another way, or when it is told to stop', async () => {
    const wrong = new Error('TOPIC_AUTHORIZATION_FAILED')
    await expect(whileAway(() => Promise.reject(wrong), { logger })).rejects.toBe(wrong)
    const signal = AbortSignal.abort(new Error('stopped'))
    await expect(whileAway(() => Promise.resolve(1), { logger, signal })).rejects.toThrow('stopped')
  })
})
