export interface BrokerProperties {
  readonly dataDir: string
  /** 0 lets the system pick. */
  readonly port: number
  readonly controllerPort: number
}

/**
 * server.properties of one light node that is broker and controller at once. Everything is in one copy, so the
 * replication factors are 1; the rest keeps starts, restarts and failovers fast.
 */
export function brokerProperties({ dataDir, port, controllerPort }: BrokerProperties): string {
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': dataDir,
    'auto.create.topics.enable': false,

    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.num.partitions': 1,

    // The account of a partition and its positions ride in the metadata of its committed offsets: 32767 is the most.
    'offset.metadata.max.bytes': 32_767,
    // One record holds all outcomes of one request, up to 1,000 results.
    'message.max.bytes': 8 * 1024 * 1024,
    'replica.fetch.max.bytes': 8 * 1024 * 1024,

    // A restart after a kill waits until the old registration has run out.
    'broker.session.timeout.ms': 2_000,
    'broker.heartbeat.interval.ms': 500,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 500,
    'transaction.abort.timed.out.transaction.cleanup.interval.ms': 1_000,

    'offsets.topic.segment.bytes': 16 * 1024 * 1024,
    'transaction.state.log.segment.bytes': 16 * 1024 * 1024,
    'share.coordinator.state.topic.segment.bytes': 16 * 1024 * 1024,
    'metadata.log.segment.bytes': 16 * 1024 * 1024,
    'log.cleaner.dedupe.buffer.size': 4 * 1024 * 1024,
    'log.cleaner.threads': 1,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'num.replica.fetchers': 1,
    'num.recovery.threads.per.data.dir': 2,
    'background.threads': 2,
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('')
}
