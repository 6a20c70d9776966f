import { DueQueue } from './due-queue.js'
import { encodeOffsets } from './offset-set.js'
import { OffsetPins } from './offset-pins.js'

/** What the state of one key does as event time passes. Times are event time in ms; Infinity is never. */
export interface WindowRule<State> {
  create(): State
  /** When `act` must be called next: as soon as the watermark is at or past it. Infinity: the state is forgotten. */
  nextDue(state: State): number
  /** Does what is due at `watermark`, so that `nextDue` lies after it. 'shrunk': records left a state that lives on. */
  act(state: State, watermark: number): 'intact' | 'shrunk'
  /** The (input, offset) of every record that the state still holds. Asked only after 'shrunk'. */
  held(state: State): readonly (readonly [input: number, offset: number])[]
}

/** One record for one key. */
export interface KeyedRecord {
  key: string
  input: number
  offset: number
  /** Until the watermark has passed this, a replay of the record alone could bring a state to life. */
  aliveUntil: number
}

/** One life of a key, from its first record until no replay can revive it. */
class Life<State> {
  /** null once the rule has forgotten it. */
  state: State | null
  dueAt = Infinity
  needed = true
  aliveUntil = -Infinity
  readonly last: number[]
  readonly pinned: boolean[]
  /** Offsets of all its records per input, kept only while a replay could mistake them for another life's. */
  marks: Set<number>[] | null = null

  constructor(
    public key: string,
    state: State,
    inputs: number,
  ) {
    this.state = state
    this.last = new Array<number>(inputs).fill(-1)
    this.pinned = new Array<boolean>(inputs).fill(false)
  }
}

const MARKED = '\u0000marked'

/** Brokers take 4,096 characters of offset metadata unless told otherwise; the rest of it needs a few hundred. */
const MAX_MARK_CHARS = 3_500

/**
 * The windowed state of one partition, and what a rebuild of it needs.
 *
 * A rebuild replays the records from `rebuildOffset` on, knows nothing of the order in which the inputs interleaved,
 * and then jumps to the saved watermark. That gives the same state because
 *
 * 1. all records of a key are in the replay until none of them alone could bring the key to life (`aliveUntil`);
 * 2. where one key has lived twice, or lost some of its records, the records of the living state are *marked*:
 *    their offsets travel in the offset metadata and a replay keeps them apart from the rest.
 */
export class KeyedWindows<State> {
  private readonly lives = new Map<string, Life<State>>()
  private readonly due = new DueQueue<Life<State>>()
  private readonly pins: OffsetPins<Life<State>>[]
  private readonly marked: Set<number>[]
  private readonly markText: (string | undefined)[]
  private tombstones: Life<State>[] = []
  private alive = 0

  /** @param replayMarks per input, the marked offsets that a rebuild keeps apart */
  constructor(
    private readonly inputs: number,
    private readonly rule: WindowRule<State>,
    private replayMarks: readonly ReadonlySet<number>[] = [],
  ) {
    this.pins = Array.from({ length: inputs }, () => new OffsetPins())
    this.marked = Array.from({ length: inputs }, () => new Set())
    this.markText = new Array<undefined>(inputs).fill(undefined)
  }

  /** Keys with a living state. */
  get size(): number {
    return this.alive
  }

  /** Takes one record into the state of its key by `step`, then lets the state do what is due already. */
  apply(record: KeyedRecord, watermark: number, step: (state: State) => void): void {
    const isMarked = this.replayMarks[record.input]?.has(record.offset) === true
    const life = this.lifeOf(isMarked ? record.key + MARKED : record.key, isMarked)
    this.remember(life, record)
    step(life.state!)
    this.settle(life, watermark)
  }

  /** Lets everything act that is due at `watermark`. */
  advance(watermark: number): void {
    for (let life = this.due.popDue(watermark); life; life = this.due.popDue(watermark)) {
      life.dueAt = Infinity
      if (life.state === null) this.bury(life)
      else this.settle(life, watermark)
    }
  }

  /** Ends a rebuild: what was due by the saved watermark happens now, and marked lives take their keys back. */
  endReplay(watermark: number): void {
    this.advance(watermark)
    for (const [key, life] of [...this.lives]) {
      if (!key.endsWith(MARKED)) continue
      this.lives.delete(key)
      const original = key.slice(0, -MARKED.length)
      this.inherit(life, this.lives.get(original))
      life.key = original
      this.lives.set(original, life)
    }
    this.replayMarks = []
  }

  /** Where a rebuild must begin to read this input, given the next offset to read. */
  rebuildOffset(input: number, position: number): number {
    return this.pins[input]!.oldest(position)
  }

  /**
   * The marked offsets of one input as text for the offset metadata; nothing when they do not fit. Then a rebuild may
   * take an orphan for a late record: it takes thousands of reused request ids in one window to get there.
   */
  marksOf(input: number): string {
    const text = (this.markText[input] ??= encodeOffsets(this.marked[input]!))
    return text.length > MAX_MARK_CHARS ? '' : text
  }

  /** Drops the memory of keys of which no record is left in the replay. Call after each commit. */
  purge(positions: readonly number[]): void {
    const from = positions.map((position, input) => this.rebuildOffset(input, position))
    let purged = 0
    for (const life of this.tombstones) {
      if (life.last.some((offset, input) => offset >= from[input]!)) break
      if (this.lives.get(life.key) === life) this.lives.delete(life.key)
      purged++
    }
    if (purged > 0) this.tombstones = this.tombstones.slice(purged)
  }

  private lifeOf(key: string, isMarked: boolean): Life<State> {
    const known = this.lives.get(key)
    if (known && known.state !== null) return known
    const life = new Life(key, this.rule.create(), this.inputs)
    if (known || isMarked) life.marks = Array.from({ length: this.inputs }, () => new Set())
    this.inherit(life, known)
    this.lives.set(key, life)
    this.alive++
    return life
  }

  private inherit(life: Life<State>, earlier: Life<State> | undefined): void {
    earlier?.last.forEach((offset, input) => (life.last[input] = Math.max(life.last[input]!, offset)))
  }

  private remember(life: Life<State>, { input, offset, aliveUntil }: KeyedRecord): void {
    if (!life.pinned[input]) {
      life.pinned[input] = true
      this.pins[input]!.pin(offset, life)
    }
    life.last[input] = offset
    if (aliveUntil > life.aliveUntil) life.aliveUntil = aliveUntil
    if (life.marks) this.mark(life, input, offset)
  }

  private settle(life: Life<State>, watermark: number): void {
    const state = life.state!
    let next = this.rule.nextDue(state)
    while (next <= watermark) {
      if (this.rule.act(state, watermark) === 'shrunk') this.markHeld(life)
      next = this.rule.nextDue(state)
    }
    if (next === Infinity) this.forget(life)
    else if (next !== life.dueAt) this.schedule(life, next)
  }

  private schedule(life: Life<State>, time: number): void {
    life.dueAt = time
    this.due.push(life)
  }

  /** The rule is done with it; its records stay in the replay for as long as they could be mistaken. */
  private forget(life: Life<State>): void {
    life.state = null
    this.alive--
    this.unmark(life)
    this.schedule(life, life.aliveUntil + 1)
  }

  private bury(life: Life<State>): void {
    life.needed = false
    this.tombstones.push(life)
  }

  private markHeld(life: Life<State>): void {
    this.unmark(life)
    life.marks = Array.from({ length: this.inputs }, () => new Set())
    for (const [input, offset] of this.rule.held(life.state!)) this.mark(life, input, offset)
  }

  private mark(life: Life<State>, input: number, offset: number): void {
    life.marks![input]!.add(offset)
    this.marked[input]!.add(offset)
    this.markText[input] = undefined
  }

  private unmark(life: Life<State>): void {
    life.marks?.forEach((offsets, input) => {
      for (const offset of offsets) this.marked[input]!.delete(offset)
      if (offsets.size > 0) this.markText[input] = undefined
    })
    life.marks = null
  }
}
