/** How text is emphasised on a terminal, or not at all. */
export interface Style {
  bold(text: string): string
  dim(text: string): string
  good(text: string): string
  bad(text: string): string
  accent(text: string): string
}

const sgr = (on: number, off: number) => (text: string) => `\u001b[${on}m${text}\u001b[${off}m`
const same = (text: string) => text

/** ANSI colours, or plain text. */
export const styleOf = (color: boolean): Style =>
  color
    ? { bold: sgr(1, 22), dim: sgr(2, 22), good: sgr(32, 39), bad: sgr(31, 39), accent: sgr(36, 39) }
    : { bold: same, dim: same, good: same, bad: same, accent: same }

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u
const escapes = /\u001b\[\d+m/g

/** Columns that the text takes on a terminal: a Chinese character takes two, a colour none. */
export function widthOf(text: string): number {
  let columns = 0
  for (const char of text.replace(escapes, '')) columns += wide.test(char) ? 2 : 1
  return columns
}

/** The beginning of the text that fits, with an ellipsis if something is missing. */
export function clip(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  let result = ''
  for (const char of text) {
    if (widthOf(result + char) > columns - 1) break
    result += char
  }
  return `${result}…`
}

export interface Column {
  title: string
  align?: 'left' | 'right'
}

/** Lines of a table: a dim head, then the rows; numbers go right unless told otherwise. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[], style: Style): string[] {
  const widths = columns.map(({ title }, i) => Math.max(widthOf(title), ...rows.map((row) => widthOf(row[i] ?? ''))))
  const line = (cells: readonly string[]) =>
    columns
      .map(({ align = 'right' }, i) => {
        const cell = cells[i] ?? ''
        const space = ' '.repeat(widths[i]! - widthOf(cell))
        return align === 'left' ? cell + space : space + cell
      })
      .join('  ')
      .trimEnd()
  return [style.dim(line(columns.map(({ title }) => title))), ...rows.map(line)]
}

const grouped = new Intl.NumberFormat('en-US')

/** 12345 → 12,345 */
export const formatCount = (value: number): string => grouped.format(value)

/** A share as a percentage; a dash when there is nothing to divide by. */
export const formatShare = (part: number, whole: number): string =>
  whole > 0 ? `${((100 * part) / whole).toFixed(2)} %` : '–'

/** Milliseconds as people read them: 84 ms, 1.2 s; a dash for none. */
export const formatMs = (ms: number | null): string =>
  ms === null ? '–' : ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`
