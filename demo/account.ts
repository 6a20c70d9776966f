import { formatCount, tableLines, type Style } from './style.js'

/** What became of the records of one topic; every record ends in exactly one of the five ways. */
export interface TopicAccount {
  topic: string
  /** Counted by whoever sent them. */
  in: number
  used: number
  duplicate: number
  late: number
  orphan: number
  dead: number
}

/** Records of which nothing is known (or, if negative, that were counted twice). */
export const missing = (account: TopicAccount): number =>
  account.in - account.used - account.duplicate - account.late - account.orphan - account.dead

const ends = ['used', 'duplicate', 'late', 'orphan', 'dead'] as const

/** The account as a table: a check mark where all is accounted for, else the difference. */
export function accountLines(accounts: readonly TopicAccount[], style: Style): string[] {
  const columns = [{ title: 'topic', align: 'left' as const }, { title: 'in' }]
  const rows = accounts.map((account) => [
    account.topic,
    formatCount(account.in),
    ...ends.map((end) => formatCount(account[end])),
    missing(account) === 0 ? style.good('✓') : style.bad(`${formatCount(missing(account))} missing`),
  ])
  const titles = ends.map((end, i) => ({ title: `${i === 0 ? '=' : '+'} ${end}` }))
  return tableLines([...columns, ...titles, { title: '', align: 'left' }], rows, style)
}
