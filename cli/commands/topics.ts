import type { Command } from 'commander'
import { describeTopics } from '../../stores/kafka/topic-admin.js'
import type { CommandContext } from '../context.js'

/** `kinora topics`: the topics of the namespace as Kafka has them. */
export function registerTopics(program: Command, context: CommandContext): void {
  program
    .command('topics')
    .description('show the topics of the namespace: partitions, records, settings')
    .option('--json', 'as JSON')
    .action(async ({ json = false }: { json?: boolean }) => {
      const config = context.config()
      const admin = (await context.connect(config, ['kafka'])).kafka().admin()
      await admin.connect()
      try {
        const found = await describeTopics(admin, config.namespace)
        if (json) console.log(JSON.stringify(found, null, 2))
        else {
          for (const { name, topic, partitions, records } of found) {
            const size = partitions === 0 ? 'missing' : `${partitions} partitions, ${records} records`
            console.log(`${name.padEnd(36)} ${topic.event.padEnd(20)} ${size}`)
          }
        }
      } finally {
        await admin.disconnect()
      }
    })
}
