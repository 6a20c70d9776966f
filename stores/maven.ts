/** Programs that the local stack runs, fetched by their Maven coordinates into a cache outside the working tree. */
import { execFile, spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream, existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Logger } from 'pino'
import { FatalError } from '../errors/errors.js'
import { lastLines } from './child-process.js'
import { isHeld, takeLock } from './lock-file.js'

const run = promisify(execFile)

export interface FetchOptions {
  /** Names the folder in the cache, with a hash of the pom behind it. */
  readonly name: string
  readonly pom: string
  readonly cacheDir: string
  readonly logger: Logger
  /** `jars` copies the dependencies; `{ unpack }` unpacks the files of them that match an Ant pattern. */
  readonly take: 'jars' | { readonly unpack: string }
}

/**
 * The folder that holds what the pom asks for; downloads on the first call, and reuses it from then on.
 * Complete or absent, however many processes ask at once and wherever one is killed.
 * @throws FatalError STACK_FAILED when Maven is missing or cannot get the files
 */
export async function fetchByMaven(options: FetchOptions): Promise<string> {
  const folder = await cacheFolder(options)
  if (existsSync(folder)) return folder
  const lock = await waitForLock(join(options.cacheDir, 'maven.lock'), options.logger)
  try {
    if (!existsSync(folder)) await download(options, folder)
    return folder
  } finally {
    await lock.release()
  }
}

/** `Apache Maven 3.9.9`, or undefined when mvn is not on the PATH. */
export async function findMaven(): Promise<string | undefined> {
  try {
    const { stdout } = await run('mvn', ['--version'])
    return /Apache Maven [\d.]+/.exec(stdout)?.[0]
  } catch {
    return undefined
  }
}

/** Where the files of a pom are or would be: a changed pom is another folder. */
export async function cacheFolder({ name, pom, cacheDir }: Pick<FetchOptions, 'name' | 'pom' | 'cacheDir'>) {
  const hash = createHash('sha256')
    .update(await readFile(pom))
    .digest('hex')
  return join(cacheDir, `${name}-${hash.slice(0, 12)}`)
}

/** One Maven at a time: its own repository is not safe for several that download the same file. */
async function waitForLock(path: string, logger: Logger) {
  let told = false
  for (;;) {
    const result = await takeLock(path)
    if (!isHeld(result)) return result
    if (!told) logger.info({ holderPid: result.pid }, 'waiting for another process that is downloading')
    told = true
    await delay(200)
  }
}

async function download(options: FetchOptions, folder: string): Promise<void> {
  const { name, take, cacheDir, logger } = options
  await removeRemnants(cacheDir, name)
  const draft = join(cacheDir, `.${name}-${randomUUID()}`)
  const logFile = join(cacheDir, `${name}-download.log`)
  await mkdir(draft, { recursive: true })
  try {
    const pom = join(draft, 'pom.xml')
    await copyFile(options.pom, pom)
    const goal =
      take === 'jars'
        ? ['dependency:copy-dependencies']
        : ['dependency:unpack-dependencies', `-Dmdep.unpack.includes=${take.unpack}`]
    logger.info({ program: name }, 'downloading with Maven; this happens once')
    await runMaven([...goal, '-f', pom, '-DincludeScope=runtime', `-DoutputDirectory=${draft}`], logFile, options)
    await rename(draft, folder)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

/** Of downloads that were killed: whoever holds the lock is the only one that downloads. */
async function removeRemnants(cacheDir: string, name: string): Promise<void> {
  const remnants = (await readdir(cacheDir)).filter((entry) => entry.startsWith(`.${name}-`))
  await Promise.all(remnants.map((entry) => rm(join(cacheDir, entry), { recursive: true, force: true })))
}

/** Without these, Maven waits half an hour for a host that does not answer. The first two are for Maven 3.8, the others for 3.9. */
const patience = [
  '-Dmaven.wagon.http.connectionTimeout=20000',
  '-Dmaven.wagon.rto=60000',
  '-Daether.connector.connectTimeout=20000',
  '-Daether.connector.requestTimeout=60000',
]

async function runMaven(args: readonly string[], logFile: string, { name, logger }: FetchOptions): Promise<void> {
  const maven = spawn('mvn', ['-B', '--strict-checksums', ...patience, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const log = createWriteStream(logFile)
  maven.stderr.pipe(log, { end: false })
  const ended = new Promise<number | null>((resolve, reject) => {
    maven.once('error', reject)
    maven.once('close', resolve)
  })
  ended.catch(() => undefined)
  let files = 0
  let toldAt = Date.now()
  for await (const line of createInterface({ input: maven.stdout })) {
    log.write(`${line}\n`)
    if (!/Downloaded from .*\.jar/.test(line)) continue
    files += 1
    if (Date.now() - toldAt < 2_000) continue
    toldAt = Date.now()
    logger.info({ program: name, files }, 'downloading')
  }
  const code = await ended.catch((cause: unknown) => {
    throw new FatalError('STACK_FAILED', 'Maven (mvn) is not on the PATH; install Maven 3.6 or later', { cause })
  })
  await new Promise<void>((resolve) => log.end(resolve))
  if (code === 0) return
  throw new FatalError(
    'STACK_FAILED',
    `Maven could not download ${name} (log: ${logFile})\n${await mavenErrors(logFile)}`,
  )
}

async function mavenErrors(logFile: string): Promise<string> {
  const lines = (await lastLines(logFile, 200)).split('\n')
  const errors = lines.filter((line) => line.startsWith('[ERROR]') && line.length > 12)
  return (errors.length > 0 ? errors : lines).slice(0, 6).join('\n')
}
