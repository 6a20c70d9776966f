import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { Command } from 'commander'
import type { CommandContext } from '../../../cli/context.js'
import { packageRoot } from '../../../config/package-root.js'
import { codeOf, documentAt, documents, type Document } from '../../helpers/markdown.js'

type Register = (program: Command, context: CommandContext) => void

const folder = join(packageRoot(), 'cli', 'commands')
const main = readFileSync(join(packageRoot(), 'cli', 'main.ts'), 'utf8')

/** The command line as main.ts puts it together: only what it registers is there for people. */
async function program(): Promise<Command> {
  const kinora = new Command('kinora').option('-n, --namespace <name>')
  for (const name of readdirSync(folder)) {
    const exports = (await import(join(folder, name))) as Record<string, unknown>
    for (const [key, register] of Object.entries(exports))
      if (/^register[A-Z]/.test(key) && main.includes(`${key},`)) (register as Register)(kinora, {} as CommandContext)
  }
  return kinora
}

const kinora = await program()

interface Call {
  readonly line: string
  readonly words: readonly string[]
}

/** Calls of the command line in code: what follows `kinora`, `npm run kinora --` or `node dist/cli/main.js`. */
const callsOf = (document: Document): Call[] =>
  codeOf(document).flatMap((line) =>
    [...line.matchAll(/(?:(?<!exec )\bkinora(?: --)?|dist\/cli\/main\.js)((?: +[^\s#|;&`]+)+)/g)].map((match) => ({
      line,
      words: match[1]!.trim().split(/ +/),
    })),
  )

/** What is wrong with a call, or undefined. */
function wrongWith({ words }: Call): string | undefined {
  let command = kinora
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    if (word.startsWith('-')) {
      const flag = word.split('=')[0]!
      const option = [command, kinora, ...command.commands]
        .flatMap(({ options }) => options)
        .find(({ long, short }) => long === flag || short === flag)
      if (option === undefined && flag !== '--help') return `${command.name()} has no ${flag}`
      if (option?.required === true || option?.optional === true) i++
    } else if (command.commands.length > 0) {
      const next = command.commands.find((each) => each.name() === word)
      if (next === undefined)
        return /^[a-z][a-z-]*$/.test(word) ? `${command.name()} has no command ${word}` : undefined
      command = next
    }
  }
  return undefined
}

describe('the documents', () => {
  it('call commands and options that exist', () => {
    const wrong = documents().flatMap((document) =>
      callsOf(document).flatMap((call) => {
        const problem = wrongWith(call)
        return problem === undefined ? [] : [`${document.path}: ${call.line.trim()}: ${problem}`]
      }),
    )
    expect(wrong).toEqual([])
  })

  it('have every command in the table of the README', () => {
    const { text } = documentAt('README.md')
    const missing = kinora.commands
      .map((command) => command.name())
      .filter((name) => !text.includes(`| \`kinora ${name}`))
    expect(missing).toEqual([])
  })
})
