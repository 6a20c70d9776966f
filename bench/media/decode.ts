import { readFile, rm } from 'node:fs/promises'
import { cpus } from 'node:os'
import { openMediaDecoders, type MediaDecoders } from '../../models/media/decoders.js'
import type { BenchOptions } from '../options.js'
import { cpuSeconds } from '../process-stats.js'
import { showProgress } from '../progress.js'
import { decimal, printTable } from '../report.js'
import { median, secondsOf } from '../timing.js'
import { decodeBare } from './bare-decode.js'
import { decodeByProgram, ffmpegVersion } from './ffmpeg-program.js'
import { sampleClips, type SampleClip } from './sample-clips.js'

const SIZE = 112
const FRAMES = 8

/** Medians over the rounds. */
interface ClipResult {
  readonly clip: string
  /** Clips a second: one decoder process, one per core, FFmpeg's libraries in this process, the ffmpeg program. */
  readonly perSecond: Readonly<Record<Contestant, number>>
  /** CPU milliseconds a clip, of the decoder process and this one. */
  readonly cpuMs: Readonly<Record<'kinora' | 'bare', number>>
  readonly kinoraOverBare: number
  readonly kinoraOverBareCpu: number
}

export interface DecodeReport {
  readonly rounds: number
  /** `undefined` when there is none on the PATH: it is not needed. */
  readonly ffmpeg: string | undefined
  readonly results: readonly ClipResult[]
}

type Contestant = 'kinora' | 'kinoraPerCore' | 'bare' | 'program'
type Pass = (clip: SampleClip, times: number) => Promise<unknown>

/**
 * Eight frames of clips, by the product's decoders and by bare FFmpeg in this process, taking turns: what isolation,
 * limits and training's own resize cost, and what skipped frames save.
 */
export async function benchDecode({ rounds, clips: times }: BenchOptions): Promise<DecodeReport> {
  const ffmpeg = await ffmpegVersion()
  const { folder, clips } = await sampleClips()
  const one = openMediaDecoders({ size: SIZE, frames: FRAMES, processes: 1 })
  const perCore = openMediaDecoders({ size: SIZE, frames: FRAMES, processes: cpus().length })
  try {
    const passes = passesOf(one, perCore, ffmpeg !== undefined)
    const results: ClipResult[] = []
    for (const clip of clips) results.push(await measure(clip, passes, { rounds, times: timesOf(clip, times) }))
    return print({ rounds, ffmpeg, results })
  } finally {
    await Promise.all([one.close(), perCore.close()])
    await rm(folder, { recursive: true })
  }
}

/** A longer clip gets fewer turns. */
const timesOf = ({ seconds }: SampleClip, times: number): number => Math.ceil((times * 3) / seconds ** 1.5)

function passesOf(one: MediaDecoders, perCore: MediaDecoders, hasProgram: boolean): [Contestant, Pass][] {
  const passes: [Contestant, Pass][] = [
    ['kinora', (clip, times) => inTurn(times, () => one.decodeFrames(clip.path))],
    ['kinoraPerCore', (clip, times) => atOnce(times, () => perCore.decodeFrames(clip.path))],
    ['bare', (clip, times) => inTurn(times, () => decodeBare(clip.path, SIZE, FRAMES))],
  ]
  const program: Pass = (clip, times) => inTurn(times, () => decodeByProgram(clip.path, SIZE, clip.seconds, FRAMES))
  return hasProgram ? [...passes, ['program', program]] : passes
}

async function inTurn(times: number, decode: () => unknown): Promise<void> {
  for (let time = 0; time < times; time++) await decode()
}

async function atOnce(times: number, decode: () => Promise<unknown>): Promise<void> {
  let left = times
  const work = async () => {
    while (left-- > 0) await decode()
  }
  await Promise.all(cpus().map(work))
}

async function measure(
  clip: SampleClip,
  passes: readonly [Contestant, Pass][],
  { rounds, times }: { rounds: number; times: number },
): Promise<ClipResult> {
  const speeds: Record<Contestant, number[]> = { kinora: [], kinoraPerCore: [], bare: [], program: [] }
  const cpu: Record<Contestant, number[]> = { kinora: [], kinoraPerCore: [], bare: [], program: [] }
  for (const [, pass] of passes) await pass(clip, Math.ceil(times / 10)) // starts processes, warms compilers up
  const progress = showProgress(clip.name, rounds)
  for (let round = 0; round < rounds; round++) {
    for (const [name, pass] of round % 2 === 0 ? passes : passes.toReversed()) {
      const before = await cpuOfFamily()
      speeds[name].push(times / (await secondsOf(() => pass(clip, times))))
      cpu[name].push((1000 * ((await cpuOfFamily()) - before)) / times)
    }
    progress.at(round + 1)
  }
  progress.done()
  const [perSecond, cpuMs] = [medians(speeds), medians(cpu)]
  return {
    ...{ clip: clip.name, perSecond, cpuMs: { kinora: cpuMs.kinora, bare: cpuMs.bare } },
    ...{ kinoraOverBare: perSecond.kinora / perSecond.bare, kinoraOverBareCpu: cpuMs.bare / cpuMs.kinora },
  }
}

const medians = (values: Readonly<Record<Contestant, number[]>>): Record<Contestant, number> => ({
  ...{ kinora: median(values.kinora), kinoraPerCore: median(values.kinoraPerCore) },
  ...{ bare: median(values.bare), program: values.program.length === 0 ? 0 : median(values.program) },
})

/** CPU seconds of this process and its children that live. */
async function cpuOfFamily(): Promise<number> {
  const { pid } = process
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ').filter(Boolean)
  const each = await Promise.all([pid, ...children.map(Number)].map(cpuSeconds))
  return each.reduce((sum, seconds) => sum + seconds, 0)
}

function print(report: DecodeReport): DecodeReport {
  printTable(
    ['clip', 'Kinora/s', 'one per core/s', 'bare/s', 'program/s', 'Kinora / bare', 'by CPU'],
    report.results.map(({ clip, perSecond, kinoraOverBare, kinoraOverBareCpu }) => [
      ...[clip, decimal(perSecond.kinora), decimal(perSecond.kinoraPerCore), decimal(perSecond.bare)],
      ...[report.ffmpeg === undefined ? '–' : decimal(perSecond.program)],
      ...[kinoraOverBare.toFixed(2), kinoraOverBareCpu.toFixed(2)],
    ]),
  )
  if (report.ffmpeg === undefined) console.log('There is no ffmpeg on the PATH; bare is its libraries in this process.')
  return report
}
