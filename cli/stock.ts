import type { Admin } from 'kafkajs'
import type { TopicAccount } from '../demo/account.js'
import { sqlString } from '../stores/clickhouse/sql-string.js'
import type { Warehouse } from '../stores/clickhouse/warehouse.js'
import { noRecords, readJoinerProgress, since, type Account } from '../streams/account.js'
import { topics } from '../streams/topics.js'

/** What became of the records of every input topic so far, by topic name. */
export type Stock = ReadonlyMap<string, Account>

/** Inputs that nobody joins yet: a record is used when it is stored. */
const storedOnly = [
  { topic: topics.uploads, table: 'raw_uploads' },
  { topic: topics.asr, table: 'raw_asr' },
  { topic: topics.ocr, table: 'raw_ocr' },
]

/** Takes the account of a namespace: the joiner's own for what it joins, the stored rows for the rest. */
export async function takeStock(admin: Admin, namespace: string, warehouse: Warehouse): Promise<Stock> {
  const { accounts } = await readJoinerProgress(admin, namespace)
  const stored = await Promise.all(
    storedOnly.map(async ({ topic, table }): Promise<[string, Account]> => {
      const used = await count(warehouse, `${table} FINAL`)
      const dead = await count(
        warehouse,
        `dead_letters FINAL WHERE stream = 'store-events' AND topic = ${sqlString(topic.name)}`,
      )
      return [topic.name, { ...noRecords(), used, dead }]
    }),
  )
  return new Map([...stored, ...accounts])
}

async function count(warehouse: Warehouse, from: string): Promise<number> {
  const [row] = await warehouse.rows<{ n: number }>(`SELECT count() AS n FROM ${from}`)
  return row!.n
}

/** What was added between two accounts. */
export const differenceOf = (before: Stock, after: Stock): Omit<TopicAccount, 'in'>[] =>
  [...after].map(([topic, account]) => ({ topic, ...since(before.get(topic) ?? noRecords(), account) }))
