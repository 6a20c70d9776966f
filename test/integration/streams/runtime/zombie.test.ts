import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { ChildProcess } from 'node:child_process'
import type { Admin, Kafka, Producer } from 'kafkajs'
import { pino } from 'pino'
import { createCodec } from '../../../../schemas/codec.js'
import { ourSchemas } from '../../../../schemas/versions.js'
import { connectKafka } from '../../../../stores/kafka/client.js'
import { createTopics } from '../../../../stores/kafka/topic-admin.js'
import { lagOf, progressOf } from '../../../../streams/runtime/progress.js'
import { groupName, topicName, topics } from '../../../../streams/topics.js'
import { readTopics } from '../../../chaos/read-topics.js'
import { shown } from '../../../helpers/behavior-events.js'
import { runTypeScript } from '../../../helpers/run-typescript.js'
import { startTestStack, uniqueNamespace } from '../../../helpers/stack.js'
import { until } from '../../../helpers/until.js'

const codec = createCodec(ourSchemas())
let brokers: string
let kafka: Kafka
let admin: Admin
let producer: Producer
let children: ChildProcess[] = []

beforeAll(async () => {
  brokers = (await startTestStack({ kafka: true })).brokers
  kafka = connectKafka({ brokers: [brokers] }, pino({ level: 'silent' }))
  admin = kafka.admin()
  producer = kafka.producer()
  await Promise.all([admin.connect(), producer.connect()])
}, 120_000)

afterEach(() => {
  children.forEach((child) => child.kill('SIGKILL'))
  children = []
})

afterAll(() => Promise.all([admin.disconnect(), producer.disconnect()]))

/** A process of the echo fold, and how to wait for a line of its log. */
const start = (namespace: string, name: string, ...freezeAt: string[]) => {
  const args = [brokers, namespace, name, ...freezeAt]
  const child = runTypeScript('test/helpers/echo-process.ts', args, ['ignore', 'pipe', 'inherit'])
  children.push(child)
  let log = ''
  child.stdout!.on('data', (chunk) => (log += String(chunk)))
  return { child, says: (text: string | RegExp) => until(() => log.match(text) !== null, { withinMs: 60_000 }) }
}

describe('a process that is frozen past its session and then continued', () => {
  it.each(['before-commit', 'after-send-offsets'])(
    'cannot commit what it was about to (%s), and works on as one of the group',
    async (failpoint) => {
      const namespace = uniqueNamespace()
      await createTopics(admin, namespace, { partitions: 2, retentionMs: 86_400_000 })
      const topic = topicName(namespace, topics.impressions)
      const send = (partition: number, ...ids: string[]) =>
        producer.send({
          topic,
          messages: ids.map((id) => ({ partition, value: codec.encode('ResultsShown', shown({ request_id: id })) })),
        })
      const processed = () =>
        until(async () => lagOf(await progressOf(admin, groupName(namespace, 'echo'), [topic])) === 0, { withinMs: 60_000 }) // prettier-ignore

      const zombie = start(namespace, 'zombie', failpoint)
      await zombie.says('partition live')
      await send(0, 'a', 'b')
      await zombie.says('frozen')
      const heir = start(namespace, 'heir')
      await processed()
      zombie.child.kill('SIGCONT')
      await zombie.says(/commit failed/)
      await Promise.all([send(0, 'c'), send(1, 'd')])
      await processed()

      const written: string[] = []
      await readTopics(kafka, [topicName(namespace, topics.outcomes)], ({ value }) => {
        const { request_id, device } = codec.decode('RequestClosed', value)
        written.push('cd'.includes(request_id) ? request_id : `${request_id} by the ${device}`)
      })
      expect(written.sort()).toEqual(['a by the heir', 'b by the heir', 'c', 'd'])
      // Both go on, and share the partitions.
      await zombie.says(/"partitions":\[\d\],"msg":"joined the group"/)
      await heir.says(/"partitions":\[\d\],"msg":"joined the group"/)
    },
    180_000,
  )
})
