import { open, rename, type FileHandle } from 'node:fs/promises'

const WRITE_CHARACTERS = 1 << 20

/** Writes JSON lines to a file that has its name only once it is whole, a megabyte at a time. */
export class LineWriter {
  private held: string[] = []
  private size = 0
  count = 0

  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
  ) {}

  static async open(path: string): Promise<LineWriter> {
    return new LineWriter(path, await open(`${path}.part`, 'w'))
  }

  async write(document: unknown): Promise<void> {
    const line = JSON.stringify(document) + '\n'
    this.held.push(line)
    this.size += line.length
    this.count++
    if (this.size >= WRITE_CHARACTERS) await this.flush()
  }

  /** The file is whole: it gets its name. */
  async finish(): Promise<void> {
    await this.flush()
    await this.file.sync()
    await this.file.close()
    await rename(`${this.path}.part`, this.path)
  }

  /** It will never be whole; the part stays for whoever wants to look. */
  async abandon(): Promise<void> {
    await this.file.close().catch(() => undefined)
  }

  private async flush(): Promise<void> {
    const text = this.held.join('')
    this.held = []
    this.size = 0
    await this.file.appendFile(text)
  }
}
