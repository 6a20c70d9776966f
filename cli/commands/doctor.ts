import type { Command } from 'commander'
import { examine } from '../../stores/doctor.js'
import type { CommandContext } from '../context.js'

/** `kinora doctor`: what is there, what is missing, and how to mend it. Exit code 1 when something is amiss. */
export function registerDoctor(program: Command, context: CommandContext): void {
  program
    .command('doctor')
    .description('say what is there, what is missing and how to mend it')
    .option('--json', 'as JSON')
    .action(async ({ json = false }: { json?: boolean }) => {
      const config = context.config()
      const { dataDir, cacheDir, kafka, redis, clickhouse } = config
      const checks = await examine({
        ...{ dataDir, cacheDir, logger: context.logger(config) },
        ...(kafka.brokers && { kafka: { ...kafka, brokers: kafka.brokers } }),
        ...(redis.url !== undefined && { redis: { url: redis.url, cluster: redis.cluster } }),
        ...(clickhouse.url !== undefined && { clickhouse: { ...clickhouse, url: clickhouse.url } }),
      })
      if (json) console.log(JSON.stringify(checks, null, 2))
      else {
        for (const { name, ok, detail, mend } of checks) {
          console.log(`${ok ? '✓' : '✗'} ${name.padEnd(16)} ${detail}`)
          if (mend !== undefined) console.log(`  ${' '.repeat(16)} → ${mend}`)
        }
      }
      if (checks.some(({ ok }) => !ok)) process.exitCode = 1
    })
}
