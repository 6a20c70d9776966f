import type { Assigner, Cluster, GroupMember, PartitionAssigner } from 'kafkajs'
import { loadKafkajs } from '../../stores/kafka/kafkajs-corrections.js'

const NAME = 'kinora-copartition'
const VERSION = 1

/**
 * Gives partition p of every topic to the same member, spreads them evenly, and leaves each where it was if it can:
 * a moved partition costs a rebuild. Members say what they own in the user data of their join request.
 */
export const copartitionAssigner =
  (owned: () => readonly number[]): PartitionAssigner =>
  ({ cluster }): Assigner => {
    const { AssignerProtocol } = loadKafkajs()
    return {
      name: NAME,
      version: VERSION,
      assign({ members, topics }) {
        const counts = partitionCounts(cluster, topics)
        const shares = share(Math.max(0, ...counts.values()), members.map(claimOf))
        return Promise.resolve(
          [...shares].map(([memberId, partitions]) => ({
            memberId,
            memberAssignment: AssignerProtocol.MemberAssignment.encode({
              version: VERSION,
              assignment: Object.fromEntries(
                [...counts].map(([topic, count]) => [topic, partitions.filter((partition) => partition < count)]),
              ),
              userData: Buffer.alloc(0),
            }),
          })),
        )
      },
      protocol: ({ topics }) => ({
        name: NAME,
        metadata: AssignerProtocol.MemberMetadata.encode({
          version: VERSION,
          topics,
          userData: Buffer.from(JSON.stringify(owned())),
        }),
      }),
    }
  }

interface Claim {
  readonly memberId: string
  readonly owned: readonly number[]
}

function claimOf({ memberId, memberMetadata }: GroupMember): Claim {
  const { AssignerProtocol } = loadKafkajs()
  const decoded = AssignerProtocol.MemberMetadata.decode(memberMetadata)
  try {
    const owned: unknown = JSON.parse(decoded?.userData.toString() ?? '[]')
    return { memberId, owned: Array.isArray(owned) ? owned.filter((each) => Number.isInteger(each)) : [] }
  } catch {
    return { memberId, owned: [] }
  }
}

const partitionCounts = (cluster: Cluster, topics: string[]): Map<string, number> =>
  new Map(topics.map((topic) => [topic, cluster.findTopicPartitionMetadata(topic).length]))

/** Partitions 0 … count-1 over the members: an even share each, and of it first what a member owned before. */
export function share(count: number, claims: readonly Claim[]): Map<string, number[]> {
  const free = new Set(Array.from({ length: count }, (_, partition) => partition))
  const take = (wanted: Iterable<number>, room: number) =>
    [...wanted]
      .filter((partition) => free.has(partition))
      .slice(0, room)
      .filter((partition) => free.delete(partition))

  // Who owns most comes first, so that the larger shares go where there is least to move.
  const members = [...claims].sort((a, b) => b.owned.length - a.owned.length || (a.memberId < b.memberId ? -1 : 1))
  const quotas = members.map(
    (_, index) => Math.floor(count / members.length) + (index < count % members.length ? 1 : 0),
  )
  const kept = members.map(({ owned }, index) => take(owned, quotas[index]!))
  return new Map(
    members.map(({ memberId }, index) => [
      memberId,
      [...kept[index]!, ...take([...free], quotas[index]! - kept[index]!.length)],
    ]),
  )
}
