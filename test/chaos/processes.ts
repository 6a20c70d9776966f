import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lastLines, startOwnedChild, type OwnedChild } from '../../stores/child-process.js'

export interface ProcessOptions {
  /** Of this process among those of the test; names its log files. */
  name: string
  /** The program, a script of Node. */
  script: string
  /** Its arguments, such as `run join-outcomes --namespace chaos`. */
  args: readonly string[]
  env: Readonly<Record<string, string>>
  logDir: string
  /** How many unplanned ends are forgiven, such as exits while the broker is down; more are a crash loop. */
  forgiven: number
}

/** A product process that is started again whenever it ends, as a supervisor would in production. */
export interface Supervised {
  readonly name: string
  /** How each run ended, in order: `SIGKILL`, `exit 1`. Of all but the last, the successor has begun. */
  readonly ends: readonly string[]
  /** The failpoints at which runs really died. */
  readonly fired: readonly string[]
  /** Whether the present run has logged this text. */
  says: (text: string) => Promise<boolean>
  /** SIGKILL now; returns when the next run has begun, with a failpoint (`name:visit`) if one is given. */
  kill: (failpoint?: string) => Promise<void>
  /** SIGSTOP: it keeps its connections and knows nothing of the time that passes. */
  freeze: () => void
  /** SIGCONT. */
  thaw: () => void
  /** Ends it in an orderly way and for good; says how it ended. */
  end: () => Promise<string>
  /** Why the test cannot go on, if it cannot: a crash loop, with the end of its log. */
  trouble: () => string | undefined
}

/** The command line of the product, as built. */
export const cli = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js')

/** One life of the process. */
interface Run {
  child: OwnedChild
  failpoint: string | undefined
  /** Set when the test ends it. */
  killed: boolean
  /** Settles when it has ended and its successor, if there is to be one, has begun. */
  succeeded: Promise<void>
}

/** Starts a product process and keeps it running. */
export const supervise = async (options: ProcessOptions): Promise<Supervised> => {
  const ends: string[] = []
  const fired: string[] = []
  let unplanned = 0
  let upcoming: string | undefined
  let trouble: string | undefined

  const begin = async (): Promise<Run> => {
    const failpoint = upcoming
    upcoming = undefined
    const child = await start(options, begun++, failpoint)
    const run: Run = { child, failpoint, killed: false, succeeded: Promise.resolve() }
    run.succeeded = child.exited.then((how) => afterwards(run, how))
    return run
  }
  const afterwards = async (run: Run, how: string): Promise<void> => {
    if (!ending) {
      if (run.failpoint !== undefined && !run.killed && how === 'SIGKILL') fired.push(run.failpoint)
      else if (!run.killed) unplanned++
      if (unplanned <= options.forgiven) current = await begin()
      else
        trouble = `${options.name} ended ${unplanned} times on its own (${how}):\n${await lastLines(run.child.logFile)}`
    }
    ends.push(how)
  }
  let begun = 0
  let ending = false
  let current = await begin()

  return {
    name: options.name,
    ends,
    fired,
    says: async (text) => (await readFile(current.child.logFile, 'utf8')).includes(text),
    kill: async (failpoint) => {
      upcoming = failpoint
      current.killed = true
      const { succeeded } = current
      signal(current.child, 'SIGKILL')
      await succeeded
    },
    freeze: () => signal(current.child, 'SIGSTOP'),
    thaw: () => signal(current.child, 'SIGCONT'),
    end: async () => {
      ending = true
      await current.child.stop()
      await current.succeeded
      return current.child.exited
    },
    trouble: () => trouble,
  }
}

const start = (options: ProcessOptions, run: number, failpoint?: string): Promise<OwnedChild> => {
  const env = { ...options.env, ...(failpoint === undefined ? {} : { KINORA_FAILPOINTS: failpoint }) }
  return startOwnedChild({
    command: 'env',
    args: [...Object.entries(env).map(([k, v]) => `${k}=${v}`), process.execPath, options.script, ...options.args],
    cwd: options.logDir,
    logFile: join(options.logDir, `${options.name}.${run}.log`),
  })
}

/** Signals a process that may just have ended on its own. */
const signal = (child: OwnedChild, name: NodeJS.Signals): void => {
  if (child.ended() === undefined) process.kill(child.pid, name)
}
