import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { packageRoot } from '../config/package-root.js'
import { loadConfig } from '../config/config.js'
import { requireJava } from '../stores/java.js'
import type { BenchKafka } from './bench-kafka.js'
import type { Contestant } from './race.js'

const home = (): string => join(packageRoot(), 'bench', 'rivals', 'kafka-streams')

/** Compiles the Kafka Streams program by Maven, unless its sources are those of the last time. */
export async function buildRival(): Promise<void> {
  await requireJava()
  const stamp = join(home(), 'target', 'built-from')
  const sources = hashOf(['pom.xml', ...sourceFiles()])
  if ((await readFile(stamp, 'utf8').catch(() => '')) === sources) return
  console.log('  building the rival with Maven')
  const goals = ['compile', 'dependency:copy-dependencies', '-DincludeScope=runtime', '-DoutputDirectory=target/lib']
  await promisify(execFile)('mvn', ['-q', '-B', '--strict-checksums', 'clean', ...goals], { cwd: home() })
  await writeFile(stamp, sources)
}

const sourceFiles = (): string[] =>
  readdirSync(join(home(), 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.java'))
    .map((file) => join('src', file))
    .sort()

function hashOf(files: readonly string[]): string {
  const hash = createHash('sha256')
  for (const file of files) hash.update(readFileSync(join(home(), file)))
  return hash.digest('hex')
}

export interface RivalOptions {
  readonly namespace: string
  readonly application: string
  /** The topic that it writes. */
  readonly outcomes: string
  readonly threads: number
  /** How it keeps a request in its store: as an Avro record, as one would write it first, or packed by hand. */
  readonly state: 'avro' | 'packed'
}

/** The same join in Kafka Streams, exactly once, with the product's window and commit interval. */
export function rival({ broker, folder }: BenchKafka, options: RivalOptions): Contestant {
  const { time, runtime } = loadConfig({})
  const settings = {
    ...options,
    brokers: broker.brokers,
    schemas: join(packageRoot(), 'schemas', 'avro'),
    stateDir: join(folder, 'kafka-streams'),
    commitMs: runtime.commitIntervalMs,
    windowMs: time.windowMs,
    outOfOrdernessMs: time.outOfOrdernessMs,
  }
  const classPath = `${join(home(), 'target', 'classes')}:${join(home(), 'target', 'lib', '*')}`
  return {
    name: `Kafka Streams, ${options.state === 'avro' ? 'Avro' : 'packed'} state`,
    groupId: options.application,
    command: 'java',
    args: [
      ...['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-cp', classPath, 'kinora.rival.Main'],
      ...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
    ],
  }
}
