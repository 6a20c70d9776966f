/** Batches of at least this many records are worth a fetch of their own. */
const WORTHWHILE_RECORDS = 500

/**
 * Kafka answers a fetch as soon as there is one record. After a batch of a few, a short pause lets the next fetch bring
 * many: under a steady trickle most of the work of a consumer would otherwise be fetching.
 */
export async function linger(batch: { readonly messages: readonly unknown[] }, ms: number): Promise<void> {
  if (batch.messages.length < WORTHWHILE_RECORDS) await new Promise((resolve) => setTimeout(resolve, ms))
}
