/** Rejects as soon as somebody presses Ctrl-C, so that whoever waits for the work cleans up behind it. */
export async function unlessInterrupted<Answer>(work: Promise<Answer>): Promise<Answer> {
  let interrupt = (): void => undefined
  const interrupted = new Promise<never>((_, reject) => {
    interrupt = () => reject(new Error('interrupted'))
  })
  process.once('SIGINT', interrupt)
  try {
    return await Promise.race([work, interrupted])
  } finally {
    process.off('SIGINT', interrupt)
  }
}
