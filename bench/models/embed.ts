import { encodeVideo, type EncoderParts, type VideoInput } from '../../models/encoders/encode-video.js'
import { openLexicon } from '../../models/key-sentences/lexicon.js'
import type { BenchOptions } from '../options.js'
import { showProgress } from '../progress.js'
import { count, decimal, printTable } from '../report.js'
import { cpuSecondsOf, median, secondsOf } from '../timing.js'
import { openBenchSet } from './open-bench-set.js'
import { recordRuns } from './recorded-runs.js'
import { randomVideos, readyPixels } from './video-data.js'

export interface EmbedReport {
  readonly set: string
  readonly devices: readonly string[]
  readonly videos: number
  readonly rounds: number
  /** That the videos become, over all models. */
  readonly batches: number
  /** Medians. */
  readonly videosPerSecond: number
  readonly bareVideosPerSecond: number
  readonly overBare: number
  /** The same by CPU time: 1 when nothing is added. */
  readonly overBareCpu: number
}

/** As `kinora models evaluate` does. */
const PARALLEL = 16

/**
 * Videos with all seven modalities, from pixels and texts to nine vectors, against onnxruntime-node on the very batches
 * that they become: what tokenizing, normalising, batching and copying add. Decoding is left out.
 */
export async function benchEmbed({ videos, rounds, seed }: BenchOptions): Promise<EmbedReport> {
  const set = await openBenchSet()
  try {
    const parts = { set, lexicon: openLexicon(), decoders: readyPixels(set.manifest, seed) }
    const inputs = randomVideos(videos, set.manifest, seed)
    const calls = await recordRuns(() => embedAll(parts, inputs))
    const ours = new Passes(videos)
    const bare = new Passes(videos)
    const progress = showProgress('rounds', rounds)
    for (let round = 0; round < rounds; round++) {
      const passes = [() => ours.take(() => embedAll(parts, inputs)), () => bare.take(() => repeat(calls))]
      // Whoever is first in a round meets colder caches.
      for (const pass of round % 2 === 0 ? passes : passes.reverse()) await pass()
      progress.at(round + 1)
    }
    progress.done()
    return print({
      ...{ set: set.name, devices: set.devices, videos, rounds, batches: calls.length },
      ...{ videosPerSecond: median(ours.perSecond), bareVideosPerSecond: median(bare.perSecond) },
      overBareCpu: median(bare.cpu) / median(ours.cpu),
    })
  } finally {
    await set.close()
  }
}

class Passes {
  readonly perSecond: number[] = []
  readonly cpu: number[] = []

  constructor(private readonly videos: number) {}

  async take(pass: () => Promise<unknown>): Promise<void> {
    this.cpu.push(
      await cpuSecondsOf(async () => {
        this.perSecond.push(this.videos / (await secondsOf(pass)))
      }),
    )
  }
}

async function embedAll(parts: EncoderParts, inputs: readonly VideoInput[]): Promise<void> {
  const left = inputs[Symbol.iterator]()
  const work = async (): Promise<void> => {
    for (const input of left) {
      const { problems } = await encodeVideo(parts, input)
      for (const problem of Object.values(problems)) throw problem
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, work))
}

async function repeat(calls: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const call of calls) await call()
}

function print(measured: Omit<EmbedReport, 'overBare'>): EmbedReport {
  const report = { ...measured, overBare: measured.videosPerSecond / measured.bareVideosPerSecond }
  printTable(
    ['videos', 'batches', 'videos/s', 'bare onnxruntime videos/s', 'ours / bare', 'by CPU time'],
    [
      [
        ...[count(report.videos), count(report.batches), decimal(report.videosPerSecond)],
        ...[decimal(report.bareVideosPerSecond), report.overBare.toFixed(2), report.overBareCpu.toFixed(3)],
      ],
    ],
  )
  return report
}
