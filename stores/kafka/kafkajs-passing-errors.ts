type KafkajsError = Error & { retriable: boolean }
type ErrorClass = new (message: string, more?: object) => KafkajsError

/** What kafkajs calls lasting although it passes as soon as the broker is back. */
const passing = ['KafkaJSGroupCoordinatorNotFound', 'KafkaJSLockTimeout']

/**
 * Makes kafkajs try again after errors that only say that no broker answers: that the coordinator could not be asked,
 * or that a connection was not there in time. Left as they are, they end a consumer for good, and its process with it,
 * when a broker is away for some seconds.
 *
 * @param errors the exports of `kafkajs/src/errors`, before the modules that use them load
 */
export function retryPassingErrors(errors: Record<string, ErrorClass>): void {
  for (const name of passing) {
    const Lasting = errors[name]!
    if (new Lasting('').retriable) continue
    errors[name] = class extends Lasting {
      override retriable = true
    }
  }
}

type Metadata = (this: object, question: { topics?: string[] }) => Promise<unknown>

/**
 * Makes a cluster whose brokers all failed to answer say so: kafkajs returns null there, and its admin client then
 * fails on reading it, with an error that looks like a defect of ours.
 */
export function sayingWhoIsAway(metadata: Metadata, ConnectionError: new (message: string) => Error): Metadata {
  return async function (question) {
    const answer = await metadata.call(this, question)
    if (answer === null) throw new ConnectionError('no broker answered a question for metadata')
    return answer
  }
}
