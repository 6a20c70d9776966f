import type { Command } from 'commander'
import { describeSettings, unknownSettings } from '../../config/describe.js'
import { environment } from '../../config/environment.js'
import type { CommandContext } from '../context.js'

/** `kinora config`: every setting, its value and where it comes from; secrets are masked. */
export function registerConfig(program: Command, context: CommandContext): void {
  program
    .command('config')
    .description('show every setting, its value and where it comes from, and check them')
    .option('--json', 'as JSON')
    .action(({ json = false }: { json?: boolean }) => {
      const rows = describeSettings(environment())
      if (json) console.log(JSON.stringify(rows, null, 2))
      else
        for (const { name, value, source } of rows)
          console.log(`${name.padEnd(34)} ${(value ?? '').padEnd(28)} ${source}`)
      for (const { name, meant } of unknownSettings(environment()))
        console.error(`${name} is not a setting${meant ? `; did you mean ${meant}?` : ''}`)
      context.config()
    })
}
