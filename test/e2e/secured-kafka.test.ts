import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { startKinora } from '../helpers/kinora.js'
import { startSecuredKafka } from '../helpers/secured-kafka.js'
import { until } from '../helpers/until.js'

let folder: string
let kafka: Awaited<ReturnType<typeof startSecuredKafka>>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinora-secured-'))
  kafka = await startSecuredKafka(folder)
}, 120_000)

afterAll(async () => {
  await kafka.broker.stop()
  await rm(folder, { recursive: true, force: true })
}, 60_000)

const run = (password: string) =>
  startKinora(['run', 'join-outcomes'], folder, {
    ...{ KAFKA_BROKERS: kafka.brokers, KAFKA_TLS: 'true', NODE_EXTRA_CA_CERTS: kafka.authority },
    ...{ KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'kinora', KAFKA_SASL_PASSWORD: password },
  })

describe('a broker with TLS and a login', () => {
  it('runs an exactly-once stream for who has the password', async () => {
    const process = run('secret')
    await until(() => process.printed.err.includes('"msg":"ready"'), { withinMs: 90_000 })
    process.child.kill('SIGTERM')
    expect((await process.ended).code).toBe(0)
  }, 120_000)

  it('ends with an error for who has not, and never prints the password', async () => {
    const { code, err, out } = await run('wrong-password').ended
    expect(code).toBe(1)
    expect(err).toMatch(/[Aa]uthentication/)
    expect(err + out).not.toContain('wrong-password')
  }, 120_000)
})
