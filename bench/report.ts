import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../config/package-root.js'
import { styleOf, tableLines } from '../demo/style.js'

export const count = (value: number): string => Math.round(value).toLocaleString('en')
export const decimal = (value: number): string => value.toFixed(1)

/** The first column to the left, the others are numbers. */
export function printTable(titles: readonly string[], rows: readonly (readonly string[])[]): void {
  const columns = titles.map((title, index) => ({ title, align: index === 0 ? ('left' as const) : ('right' as const) }))
  console.log(tableLines(columns, rows, styleOf(process.stdout.isTTY)).join('\n'))
}

/** Keeps a report with the machine it comes from; returns the file. */
export async function saveReport(name: string, report: object): Promise<string> {
  const folder = join(packageRoot(), 'bench', 'results')
  await mkdir(folder, { recursive: true })
  const at = new Date().toISOString()
  const file = join(folder, `${at.replaceAll(':', '-')}-${name}.json`)
  const [cpu] = cpus()
  const machine = {
    ...{ cpu: cpu?.model, cores: cpus().length, memoryGib: Math.round(totalmem() / 2 ** 30) },
    ...{ node: process.version, platform: process.platform },
  }
  await writeFile(file, `${JSON.stringify({ benchmark: name, at, machine, ...report }, null, 2)}\n`)
  return file
}
