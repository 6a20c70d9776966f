import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { WorldSize } from './parameters.js'

/** A share of a world's media, for a process of its own. */
export interface MediaShare extends WorldSize {
  readonly folder: string
  readonly share: number
  readonly shares: number
}

/**
 * Writes all media of a world in several processes, each of which plans the world anew and renders a share. Calls `onDone`
 * after each video. Throws when one of them fails.
 */
export async function renderInProcesses(
  world: WorldSize & { folder: string },
  shares: number,
  onDone: () => void,
): Promise<void> {
  const script = fileURLToPath(new URL('./render-share.js', import.meta.url))
  await Promise.all(
    Array.from({ length: shares }, async (_, share) => {
      const child = fork(script, [JSON.stringify({ ...world, share, shares } satisfies MediaShare)])
      child.on('message', onDone)
      const [code] = (await once(child, 'exit')) as [number | null]
      if (code !== 0) throw new Error(`a process that renders media ended with ${code ?? 'a signal'}`)
    }),
  )
}
