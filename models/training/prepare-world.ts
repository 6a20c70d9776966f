import { createReadStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { loadConfig } from '../../config/config.js'
import type { CalibrationPublished, RequestClosed } from '../../schemas/events.js'
import { loadViewThresholds } from '../../schemas/policies/view-thresholds.js'
import { labelPolicyNames, loadLabelPolicy } from '../../streams/behavior/label-policy.js'
import { openLexicon } from '../key-sentences/lexicon.js'
import { textBudgets } from '../text-budgets.js'
import { readEvents } from '../world/read-events.js'
import { readTrueVideos, type TrueVideo } from '../world/truth.js'
import { VideoCatalog } from '../world/video-catalog.js'
import { RequestJoiner, type JoinRules } from './closed-requests.js'
import { LogCalibration, sampleLines, unclickedLine } from './label-requests.js'
import { LineWriter } from './line-writer.js'
import { videoLine } from './video-line.js'

export interface PrepareOptions {
  readonly world: string
  readonly out: string
  readonly signal?: AbortSignal
  readonly onProgress?: (text: string) => void
}

export interface Prepared {
  readonly videos: number
  readonly requests: number
  readonly samples: number
}

/** Events between two looks at the signal. */
const LOOK_EVERY = 5_000

/**
 * A world folder → what training reads, through the product's own rules: outcomes by the joiner's request window,
 * calibration over the same log, labels by every policy that ships, key sentences by the product's extractor.
 *
 * Writes `videos.jsonl`, `unclicked.jsonl`, `samples.jsonl` and, last, `prepared.json` (counts, limits, calibration). Only
 * requests whose videos are all in split train are labelled, or tell what nobody clicked. Closed requests go through a
 * file, because their calibration is known only when the log has been read. Throws WORLD_INVALID, or a RecordError with
 * file and line for an invalid event.
 */
export async function prepareWorld(options: PrepareOptions): Promise<Prepared> {
  const { world, out } = options
  await mkdir(out, { recursive: true })
  const truth = await readTrueVideos(world)
  const catalog = new VideoCatalog(world)
  const requestsFile = join(out, 'requests.jsonl')
  const { requests, calibration } = await closeRequests(options, truth, catalog, requestsFile)
  const videos = await writeVideos(options, truth, catalog)
  const samples = await writeSamples(options, requestsFile, calibration)
  await rm(requestsFile)
  const counts = { videos, requests, samples }
  const about = { format: 1, ...counts, textBudgets, calibration }
  await writing(join(out, 'prepared.json'), (writer) => writer.write(about))
  return counts
}

async function closeRequests(
  { world, out, signal, onProgress }: PrepareOptions,
  truth: ReadonlyMap<string, TrueVideo>,
  catalog: VideoCatalog,
  file: string,
): Promise<{ requests: number; calibration: CalibrationPublished }> {
  const joiner = new RequestJoiner(joinRules())
  const calibration = new LogCalibration()
  const isTraining = ({ outcomes }: RequestClosed): boolean =>
    outcomes.every(({ video_id }) => truth.get(video_id)?.split === 'train')
  const read = async (whole: LineWriter, unclicked: LineWriter): Promise<void> => {
    const keep = async (closed: readonly RequestClosed[]): Promise<void> => {
      for (const request of closed.filter(isTraining)) {
        calibration.add(request)
        await whole.write(request)
        await unclicked.write(unclickedLine(request))
      }
    }
    let events = 0
    for await (const event of readEvents(world)) {
      catalog.take(event)
      await keep(joiner.take(event))
      if (++events % LOOK_EVERY > 0) continue
      signal?.throwIfAborted()
      onProgress?.(`${events} events, ${whole.count} training requests`)
    }
    await keep(joiner.end())
  }
  const requests = await writing(join(out, 'unclicked.jsonl'), async (unclicked) => {
    await writing(file, (whole) => read(whole, unclicked))
  })
  return { requests, calibration: calibration.compute() }
}

/** The limits that a live platform has unless told otherwise. */
function joinRules(): JoinRules {
  const { windowMs, outOfOrdernessMs } = loadConfig({}).time
  return { windowMs, outOfOrdernessMs, thresholds: loadViewThresholds() }
}

const writeVideos = (
  { out, signal, onProgress }: PrepareOptions,
  truth: ReadonlyMap<string, TrueVideo>,
  catalog: VideoCatalog,
): Promise<number> =>
  writing(join(out, 'videos.jsonl'), async (writer) => {
    const lexicon = openLexicon()
    for (const video of catalog.videos()) {
      const known = truth.get(video.video_id)
      if (!known) continue
      await writer.write(videoLine(video, known.split, lexicon))
      if (writer.count % 500 > 0) continue
      signal?.throwIfAborted()
      onProgress?.(`${writer.count} videos`)
    }
  })

function writeSamples(
  { out, signal, onProgress }: PrepareOptions,
  requestsFile: string,
  calibration: CalibrationPublished,
): Promise<number> {
  const policies = labelPolicyNames().map((name) => loadLabelPolicy(name))
  return writing(join(out, 'samples.jsonl'), async (writer) => {
    let requests = 0
    for await (const line of createInterface({ input: createReadStream(requestsFile), crlfDelay: Infinity })) {
      for (const sample of sampleLines(JSON.parse(line) as RequestClosed, policies, calibration))
        await writer.write(sample)
      if (++requests % LOOK_EVERY > 0) continue
      signal?.throwIfAborted()
      onProgress?.(`${requests} requests labelled`)
    }
  })
}

/** @returns the number of lines */
async function writing(path: string, fill: (writer: LineWriter) => Promise<void>): Promise<number> {
  const writer = await LineWriter.open(path)
  try {
    await fill(writer)
    await writer.finish()
  } catch (error) {
    await writer.abandon()
    throw error
  }
  return writer.count
}
