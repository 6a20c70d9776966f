import { createRequire } from 'node:module'
import { describe, expect, it } from '@jest/globals'
import { saysAway } from '../../../../stores/kafka/while-away.js'
import { loadKafkajs } from '../../../../stores/kafka/kafkajs-corrections.js'

loadKafkajs()
const require = createRequire(import.meta.url)
type ErrorClass = new (message: string) => Error & { retriable: boolean }
const errors = require('kafkajs/src/errors') as Record<string, ErrorClass>
const retry = require('kafkajs/src/retry') as (options: object) => <T>(attempt: () => Promise<T>) => Promise<T>

describe('kafkajs, corrected', () => {
  it.each(['KafkaJSGroupCoordinatorNotFound', 'KafkaJSLockTimeout'])('tries again after %s', async (name) => {
    let attempts = 0
    const attempt = () => {
      attempts++
      return attempts < 3 ? Promise.reject(new errors[name]!('no broker answers')) : Promise.resolve('it is back')
    }
    expect(await retry({ initialRetryTime: 1, retries: 5 })(attempt)).toBe('it is back')
    expect(new errors[name]!('as before')).toMatchObject({ name, message: 'as before' })
  })

  it('still gives up on errors that last', async () => {
    const attempt = () => Promise.reject(new errors.KafkaJSSASLAuthenticationError!('wrong password'))
    await expect(retry({ initialRetryTime: 1, retries: 5 })(attempt)).rejects.toMatchObject({ retriable: false })
  })

  it('says that no broker answered where it used to return nothing', async () => {
    const Cluster = require('kafkajs/src/cluster') as { prototype: { metadata(question: object): Promise<unknown> } }
    const silent = {
      retrier: retry({ initialRetryTime: 1, retries: 1 }),
      brokerPool: { refreshMetadataIfNecessary: () => Promise.resolve(), withBroker: () => Promise.resolve(null) },
    }
    const asked = Cluster.prototype.metadata.call(silent, { topics: ['t'] })
    await expect(asked).rejects.toMatchObject({ name: 'KafkaJSConnectionError' })
    await expect(asked.catch(saysAway)).resolves.toBe(true)
  })
})
