import type { InputTopic } from './log.js'
import type { Judged } from './oracle-judge.js'
import type { StoredUnused } from './read-stores.js'

/** Where each record of the log is, by topic, partition and offset. */
export interface Place {
  id: number
  topic: InputTopic
  partition: number
  offset: number
}

/** Compares, record by record, what the product says of the unused ones with what the rules allow. */
export const verdictDifferences = (
  verdicts: ReadonlyMap<number, Judged>,
  places: readonly Place[],
  unused: readonly StoredUnused[],
): string[] => {
  const placeOf = ({ topic, partition, offset }: Pick<Place, 'partition' | 'offset'> & { topic: string }) =>
    `${topic} ${partition} ${offset}`
  const reasons = new Map<string, string[]>()
  for (const row of unused) reasons.set(placeOf(row), [...(reasons.get(placeOf(row)) ?? []), row.reason])
  const wrong = places.flatMap((place) => {
    const { record, allowed } = verdicts.get(place.id)!
    const said = reasons.get(placeOf(place)) ?? ['used']
    reasons.delete(placeOf(place))
    if (said.length === 1 && (allowed as readonly string[]).includes(said[0]!)) return []
    return [`${placeOf(place)} is ${said.join(' and ')}, expected ${allowed.join(' or ')}: ${describe(record)}`]
  })
  const unknown = [...reasons].map(
    ([place, said]) => `${place} is ${said.join(' and ')}, but no record of the log is there`,
  )
  return [...wrong, ...unknown]
}

const describe = ({ content, damage, id }: Judged['record']): string =>
  `record ${id} ${damage ?? ''} ${content.event} ${JSON.stringify(content.value).slice(0, 200)}`

/** Records whose places break what the generator promised: missing, twice, or out of order within topic and key. */
export const senderFaults = (verdicts: ReadonlyMap<number, Judged>, places: readonly Place[]): string[] => {
  const times = new Map<number, number>()
  for (const { id } of places) times.set(id, (times.get(id) ?? 0) + 1)
  const missing = [...verdicts.keys()].filter((id) => !times.has(id)).map((id) => `record ${id} was not sent`)
  const twice = [...times].filter(([, count]) => count > 1).map(([id]) => `record ${id} was sent twice`)
  const last = new Map<string, number>()
  const disordered = places.flatMap(({ id, topic, partition }) => {
    const before = last.get(`${topic} ${partition}`) ?? -1
    last.set(`${topic} ${partition}`, id)
    return id < before ? [`record ${id} comes after ${before} in ${topic} ${partition}`] : []
  })
  return [...missing, ...twice, ...disordered]
}
