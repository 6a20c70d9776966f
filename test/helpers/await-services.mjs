import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'

const PATIENCE_MS = 60_000

/**
 * After all tests: services end with the worker that started them, and take some seconds. The run is over when they
 * are; those that this process started itself (tests in band) can only end after it.
 */
export default async function awaitServices() {
  const begin = process.env.KINORA_TEST_SERVICES
  const own = `${begin}${process.pid}-`
  const left = async () => (await readdir(tmpdir())).filter((name) => name.startsWith(begin) && !name.startsWith(own))
  const deadline = Date.now() + PATIENCE_MS
  while ((await left()).length > 0 && Date.now() < deadline) await delay(50)
  const late = await left()
  if (late.length > 0) throw new Error(`services of these tests do not end: ${late.join(', ')} in ${tmpdir()}`)
}
