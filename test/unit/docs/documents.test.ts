import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { packageRoot } from '../../../config/package-root.js'
import { settings } from '../../../config/settings.js'
import { errorCodes } from '../../../errors/codes.js'
import { anchorsOf, codeOf, documentAt, documents, withoutFences, type Document } from '../../helpers/markdown.js'

const all = documents()
const root = packageRoot()
const file = (path: string): string => readFileSync(join(root, path), 'utf8')

/** What a document says that is not so, each as `path: what`; an empty list is a true document. */
const untrue = (find: (document: Document) => string[]): string[] =>
  all.flatMap((document) => find(document).map((what) => `${document.path}: ${what}`))

const unique = (texts: readonly string[]): string[] => [...new Set(texts)]

describe('every document', () => {
  it('links to files and headings that exist', () => {
    const broken = ({ path, text }: Document): string[] =>
      [...withoutFences(text).matchAll(/\]\(([^)\s]+)\)/g)]
        .map((match) => match[1]!)
        .filter((target) => !/^[a-z]+:/.test(target))
        .filter((target) => {
          const [file = '', anchor] = target.split('#')
          const linked = file === '' ? path : normalize(join(dirname(path), file))
          if (!existsSync(join(root, linked))) return true
          return anchor !== undefined && !anchorsOf(documentAt(linked)).includes(anchor)
        })
    expect(untrue(broken)).toEqual([])
  })

  it('names files and folders that exist', () => {
    const tops = readdirSync(root).filter((name) => statSync(join(root, name)).isDirectory())
    const isPath = new RegExp(`^(${tops.map((name) => name.replace('.', '\\.')).join('|')})/[\\w./*-]*$`)
    const missing = (document: Document): string[] =>
      codeOf(document)
        .flatMap((code) => code.split(/[\s,()]+/))
        .filter(
          (word) => isPath.test(word) && !/[*<>]|NNN|^dist\/|^node_modules\/|^\.kinora|^bench\/results\//.test(word),
        )
        .filter((word) => !existsSync(join(root, word)) && !isExample.has(word))
    expect(untrue(missing)).toEqual([])
  })

  it('names npm scripts that exist', () => {
    const { scripts } = JSON.parse(file('package.json')) as { scripts: Record<string, string> }
    const unknown = (document: Document): string[] =>
      codeOf(document)
        .flatMap((code) => [...code.matchAll(/\bnpm run (?:--silent )?([\w:]+)/g)].map((match) => match[1]!))
        .filter((script) => !(script in scripts))
    expect(untrue(unknown)).toEqual([])
  })

  it('names settings that exist', () => {
    const unknown = (document: Document): string[] =>
      unique([...document.text.matchAll(/\b(?:KINORA|KAFKA|REDIS|CLICKHOUSE)_[A-Z_]+[A-Z]\b/g)].map(([name]) => name))
        .filter((name) => !(name in settings.shape) && !(name in errorCodes))
        .filter((name) => !forTests.has(name))
    expect(untrue(unknown)).toEqual([])
  })

  it('says nothing of this machine', () => {
    const found = ({ text }: Document): string[] =>
      [...text.matchAll(/\/(?:work|tmp|root|home)\/\S*/g)].map(([it]) => it)
    expect(untrue(found)).toEqual([])
  })
})

/** Named because it does not exist yet. */
const isExample = new Set(['streams/content/'])
/** Read by tests alone. */
const forTests = new Set(['KINORA_CHAOS', 'KINORA_CHAOS_SEED', 'KINORA_CHAOS_KEEP'])

describe('the documents together', () => {
  it('tell of every table and view', () => {
    const ddl = readdirSync(join(root, 'schemas', 'clickhouse'))
      .map((name) => file(`schemas/clickhouse/${name}`))
      .join('\n')
    const named = [...ddl.matchAll(/CREATE (?:OR REPLACE )?(?:TABLE|VIEW)(?: IF NOT EXISTS)? (\w+)/g)]
    const { text } = documentAt('docs/architecture.md')
    expect(named.map((match) => match[1]!).filter((name) => !text.includes(`\`${name}\``))).toEqual([])
  })

  it('tell of every metric', () => {
    const source = file('streams/runtime/metrics.ts')
    const help = [...source.matchAll(/(?:name: '|gauge\('|histogram\(')(\w+)'/g)].map((match) => match[1]!)
    const { text } = documentAt('docs/architecture.md')
    expect(help.length).toBeGreaterThan(7)
    expect(help.filter((name) => !text.includes(name.replace('kinora_stream_', '')))).toEqual([])
  })

  it('have a way out of a lost state where the error says so', () => {
    expect(anchorsOf(documentAt('docs/runbook.md'))).toContain('state-lost')
  })

  it('number decisions from 1 without gap or double', () => {
    const numbers = readdirSync(join(root, 'docs', 'decisions')).map((name) => Number(/^(\d{4})-/.exec(name)?.[1]))
    expect(numbers.sort((a, b) => a - b)).toEqual(numbers.map((_, index) => index + 1))
  })

  it('give each decision its own number as its title', () => {
    const wrong = ({ path, text }: Document): string[] => {
      const number = /^docs\/decisions\/(\d{4})-/.exec(path)?.[1]
      return number === undefined || text.startsWith(`# ${number}: `) ? [] : [text.split('\n')[0]!]
    }
    expect(untrue(wrong)).toEqual([])
  })
})
