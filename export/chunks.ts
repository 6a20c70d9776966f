/** A part of the time range whose samples go into files of their own: shown_at in [from, to), epoch ms. */
export interface Chunk {
  readonly from: number
  readonly to: number
}

/** How many samples were shown within a minute that starts there, epoch ms. */
export interface MinuteCount {
  readonly minute: number
  readonly n: number
}

/** The chunks of a range, and how many samples they held when they were planned. */
export interface ChunkPlan {
  readonly chunks: Chunk[]
  readonly rows: number
}

/**
 * Cuts a range between minutes so that a chunk has at most `chunk_rows` samples, unless one minute alone has more.
 * The chunks cover all of the range, its empty times too: a sample that appears later has a chunk to go to.
 */
export async function planChunks(
  { from, to, chunk_rows }: Chunk & { readonly chunk_rows: number },
  minutes: AsyncIterable<MinuteCount>,
): Promise<ChunkPlan> {
  const chunks: Chunk[] = []
  let start = from
  let inChunk = 0
  let rows = 0
  for await (const { minute, n } of minutes) {
    if (inChunk > 0 && inChunk + n > chunk_rows) {
      chunks.push({ from: start, to: minute })
      start = minute
      inChunk = 0
    }
    inChunk += n
    rows += n
  }
  return { chunks: [...chunks, { from: start, to }], rows }
}
