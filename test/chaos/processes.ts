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
  /** How each run ended, in order: `SIGKILL`, `exit 1`. */
  readonly ends: readonly string[]
  /** The failpoints at which runs really died. */
  readonly fired: readonly string[]
  /** SIGKILL now; the next run starts at once, with a failpoint (`name:visit`) if one is given. */
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
    const run: Run = { child: await start(options, ends.length, failpoint), failpoint, killed: false }
    void run.child.exited.then((how) => afterwards(run, how))
    return run
  }
  const afterwards = async (run: Run, how: string): Promise<void> => {
    ends.push(how)
    if (ending) return
    if (run.failpoint !== undefined && !run.killed && how === 'SIGKILL') fired.push(run.failpoint)
    else if (!run.killed) unplanned++
    if (unplanned <= options.forgiven) current = await begin()
    else
      trouble = `${options.name} ended ${unplanned} times on its own (${how}):\n${await lastLines(run.child.logFile)}`
  }
  let ending = false
  let current = await begin()

  return {
    name: options.name,
    ends,
    fired,
    kill: async (failpoint) => {
      upcoming = failpoint
      current.killed = true
      signal(current.child, 'SIGKILL')
      await current.child.exited
    },
    freeze: () => signal(current.child, 'SIGSTOP'),
    thaw: () => signal(current.child, 'SIGCONT'),
    end: async () => {
      ending = true
      await current.child.stop()
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
