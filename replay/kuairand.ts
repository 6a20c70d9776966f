import { FatalError, RecordError } from '../errors/errors.js'
import { validateEvent } from '../schemas/validate.js'
import { topics } from '../streams/topics.js'
import { recordsOfLine, type ReadOptions } from './bad-input.js'
import { sortByKey, type Keyed, type SortLimits } from './external-sort.js'
import type { InputFile } from './input-file.js'
import { eventsOfRow, KuaiRandColumns } from './kuairand-row.js'
import { linesOf } from './lines.js'
import { eventRecord, type OutgoingRecord } from './record.js'

/** The longest rows of the public files have under 200 bytes. */
const MAX_LINE_BYTES = 64 * 1024

/** A public file of 150 million rows makes 1,500 temporary files of together its own size, merged in two rounds. */
const limits: SortLimits = { maxInMemory: 100_000, maxMerged: 64 }

export interface KuaiRandOptions extends ReadOptions {
  readonly sort?: SortLimits
}

/**
 * The events of a KuaiRand log in order of `time_ms` (the files are not in order): per row its impression, click and
 * watch. The whole file is read before the first event comes; lines without a time come first.
 * Throws FatalError COMMAND_INVALID when the file cannot be read or has another header, and what recordsOfLine throws.
 */
export async function* readKuaiRand(file: InputFile, options: KuaiRandOptions): AsyncGenerator<OutgoingRecord> {
  const reader = new KuaiRandFile(file)
  for await (const rows of sortByKey(reader.rows(), options.sort ?? limits)) {
    for (const { text } of rows) {
      for (const record of reader.records(text, options)) yield record
    }
  }
}

class KuaiRandFile {
  private columns: KuaiRandColumns | undefined

  constructor(private readonly file: InputFile) {}

  /** Each line with its time; its text carries the line number, and the whole length, through the sort. */
  async *rows(): AsyncGenerator<Keyed[]> {
    for await (const lines of linesOf(this.file.chunks(), MAX_LINE_BYTES)) {
      const rows: Keyed[] = []
      for (const { number, bytes, length } of lines) {
        if (this.columns === undefined) {
          this.columns = KuaiRandColumns.of(bytes.toString('utf8'), this.file.path)
        } else if (length > 0) {
          const text = bytes.toString('latin1') // which keeps every byte as it was
          rows.push({ key: this.timeOf(text), text: `${number} ${length} ${text}` })
        }
      }
      yield rows
    }
    if (this.columns === undefined) throw new FatalError('COMMAND_INVALID', `${this.file.path} is empty`)
  }

  private timeOf(text: string): number {
    try {
      const time = this.columns!.timeOf(text)
      return Number.isNaN(time) ? -1 : time
    } catch {
      return -1 // said again, with its place, when the row itself is read
    }
  }

  records(sorted: string, options: KuaiRandOptions): OutgoingRecord[] {
    const [number, length, latin1] = threeParts(sorted)
    const bytes = () => Buffer.from(latin1, 'latin1')
    return recordsOfLine({ file: this.file, line: number, bytes }, options, () => {
      if (length > latin1.length) {
        throw new RecordError('RECORD_UNDECODABLE', `the line has ${length} bytes, more than ${MAX_LINE_BYTES}`)
      }
      const { shown, clicked, watched } = eventsOfRow(this.columns!.row(bytes().toString('utf8')))
      validateEvent('ResultsShown', shown)
      if (clicked) validateEvent('ResultClicked', clicked)
      if (watched) validateEvent('VideoWatched', watched)
      return [
        eventRecord(options.codec, topics.impressions, shown),
        ...(clicked ? [eventRecord(options.codec, topics.clicks, clicked)] : []),
        ...(watched ? [eventRecord(options.codec, topics.watches, watched)] : []),
      ]
    })
  }
}

function threeParts(text: string): [number, number, string] {
  const first = text.indexOf(' ')
  const second = text.indexOf(' ', first + 1)
  return [Number(text.slice(0, first)), Number(text.slice(first + 1, second)), text.slice(second + 1)]
}
