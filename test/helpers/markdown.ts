import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { packageRoot } from '../../config/package-root.js'

/** A document of the repository. */
export interface Document {
  /** From the root, with slashes. */
  readonly path: string
  readonly text: string
}

const skipped = new Set(['node_modules', 'dist', 'target', 'coverage', 'results'])

/** All Markdown files of the repository. */
export function documents(folder = packageRoot()): Document[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return skipped.has(entry.name) || entry.name.startsWith('.') ? [] : documents(path)
    if (!entry.name.endsWith('.md')) return []
    return [{ path: relative(packageRoot(), path), text: readFileSync(path, 'utf8') }]
  })
}

export const documentAt = (path: string): Document => ({ path, text: readFileSync(join(packageRoot(), path), 'utf8') })

/** Code in a document: fenced blocks line by line, and spans between backticks. */
export function codeOf({ text }: Document): string[] {
  const fences = [...text.matchAll(/^\s*```[^\n]*\n([\s\S]*?)^\s*```/gm)].map((match) => match[1]!)
  const spans = [...withoutFences(text).matchAll(/`([^`\n]+)`/g)].map((match) => match[1]!)
  return [...fences.flatMap((fence) => fence.split('\n')), ...spans]
}

export const withoutFences = (text: string): string => text.replace(/^\s*```[^\n]*\n[\s\S]*?^\s*```/gm, '')

/** The anchors that its headings get on GitHub. */
export const anchorsOf = ({ text }: Document): string[] =>
  [...withoutFences(text).matchAll(/^#{1,6} (.+)$/gm)].map((match) =>
    match[1]!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  )
