import { connect, createServer, type AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

export interface TurnCounter {
  readonly url: string
  /** How often so far the server had to answer before the client sent more: the number of round trips. */
  turns(): number
  stop(): Promise<void>
}

/** Long after a client that need not wait for an answer has sent all it has. */
const QUIET_MS = 150

/** Stands between a client and Redis, and holds answers back until the client is quiet. */
export async function startTurnCounter(redisUrl: string): Promise<TurnCounter> {
  const { hostname, port } = new URL(redisUrl)
  let turns = 0
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    let held: Buffer[] = []
    let lastSent = 0
    let releasing = false
    const release = async (): Promise<void> => {
      releasing = true
      while (Date.now() - lastSent < QUIET_MS) await delay(10)
      turns += 1
      client.write(Buffer.concat(held))
      held = []
      releasing = false
    }
    client.on('data', (chunk) => {
      lastSent = Date.now()
      upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      // More of the same answer: the client has not said anything in between.
      if (lastSent === 0) return void client.write(chunk)
      held.push(chunk)
      if (!releasing) void release().then(() => (lastSent = 0))
    })
    const end = () => (client.destroy(), upstream.destroy())
    for (const socket of [client, upstream]) socket.on('close', end).on('error', end)
  })
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle))
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    turns: () => turns,
    stop: () => new Promise((settle) => server.close(() => settle())),
  }
}
