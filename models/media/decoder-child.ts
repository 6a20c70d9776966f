import { fork, type ChildProcess } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FatalError, RecordError, type KinoraError } from '../../errors/errors.js'
import { nameOf, OUT_OF_MEMORY, type MediaJob, type MediaReply } from './media-job.js'

const START_MS = 60_000
const STDERR_CHARACTERS = 2000

/** A decoder process and its one job. It does not keep its owner alive, and ends when its owner does. */
export class DecoderChild {
  /** Jobs that it has done. */
  jobs = 0
  private readonly child: ChildProcess
  private readonly ready: Promise<void>
  private readonly exited: Promise<void>
  private ending: string | undefined
  private hear: ((reply: MediaReply) => void) | undefined
  private complaints = ''

  constructor(private readonly memoryMb: number) {
    this.child = startChild(memoryMb)
    this.child.on('message', (reply: MediaReply) => this.hear?.(reply))
    this.child.stderr?.on(
      'data',
      (text) => (this.complaints = (this.complaints + String(text)).slice(-STDERR_CHARACTERS)),
    )
    this.exited = new Promise((resolve) => {
      const end = (how: string) => {
        this.ending ??= how
        resolve()
      }
      this.child.once('error', (error) => end(error.message))
      this.child.once('exit', (code, signal) => end(signal ?? `exit ${code ?? ''}`))
    })
    this.ready = this.reply(START_MS).then((reply) => {
      if (reply !== 'timeout' && reply !== 'ended') return
      this.child.kill('SIGKILL')
      throw new FatalError('MEDIA_DECODER_ABSENT', `no decoder process starts (${reply}): ${this.last()}`)
    })
    this.ready.catch(() => undefined) // whoever runs a job hears of it
  }

  get pid(): number | undefined {
    return this.child.pid
  }

  get alive(): boolean {
    return this.ending === undefined && !this.child.killed
  }

  /** It ended, and not because its owner ended it. */
  get died(): boolean {
    return this.ending !== undefined && !this.child.killed
  }

  /**
   * The pixels that a job asks for; one job at a time.
   *
   * @throws RecordError as models/media/decoders.ts says; FatalError MEDIA_DECODER_ABSENT
   */
  async run(job: MediaJob): Promise<Uint8Array> {
    await this.ready
    const replied = this.reply(job.limits.timeoutMs)
    this.child.send(job, () => undefined) // a process that is gone is heard of by its end
    const reply = await replied
    this.jobs++
    if (reply === 'timeout') this.child.kill('SIGKILL')
    if (typeof reply === 'object' && reply.kind === 'pixels') return reply.pixels
    throw this.failure(job, reply)
  }

  /** SIGKILL, and its end. */
  async stop(): Promise<void> {
    this.child.ref()
    this.child.kill('SIGKILL')
    await this.exited
  }

  private async reply(withinMs: number): Promise<MediaReply | 'timeout' | 'ended'> {
    let timer: NodeJS.Timeout | undefined
    try {
      return await Promise.race([
        new Promise<MediaReply>((resolve) => (this.hear = resolve)),
        this.exited.then(() => 'ended' as const),
        new Promise<'timeout'>((resolve) => (timer = setTimeout(() => resolve('timeout'), withinMs))),
      ])
    } finally {
      clearTimeout(timer)
      this.hear = undefined
    }
  }

  private failure({ source, limits }: MediaJob, reply: MediaReply | 'timeout' | 'ended'): KinoraError {
    const what = nameOf(source)
    if (reply === 'timeout')
      return new RecordError('MEDIA_TIMEOUT', `${what}: not decoded within ${limits.timeoutMs} ms`)
    if (typeof reply === 'object' && reply.kind === 'failure')
      return new RecordError(reply.code, `${what}: ${reply.message}`)
    if (this.ending === OUT_OF_MEMORY)
      return new RecordError('MEDIA_TOO_LARGE', `${what}: decoding it needs more than ${this.memoryMb} MB`)
    return new RecordError('MEDIA_DECODER_DIED', `${what}: the decoder died over it (${this.last()})`)
  }

  private last(): string {
    return [this.ending, this.complaints.trim()].filter(Boolean).join(', ')
  }
}

function startChild(memoryMb: number): ChildProcess {
  const extension = extname(import.meta.url)
  const entry = fileURLToPath(new URL(`./decoder-process${extension}`, import.meta.url))
  const child = fork(entry, [String(memoryMb), String(process.pid)], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // From the sources, in tests.
    execArgv: extension === '.ts' ? ['--import', 'tsx'] : [],
    // Whoever takes the decoder over finds no secrets in it.
    env: {},
  })
  child.unref()
  // Without a file left for them there are no pipes, whatever the types say; the error event follows.
  child.channel?.unref()
  ;(child.stderr as { unref(): void } | null | undefined)?.unref()
  return child
}
