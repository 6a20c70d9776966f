// Import before node-av, which waits by `Promise.withResolvers`: Node.js 20 does not have it, and without it a decoder
// gives no frames and no error.
interface Resolvers<Value> {
  promise: Promise<Value>
  resolve: (value: Value | PromiseLike<Value>) => void
  reject: (reason?: unknown) => void
}

const constructor = Promise as unknown as { withResolvers?: <Value>() => Resolvers<Value> }

constructor.withResolvers ??= <Value>() => {
  const resolvers = {} as Resolvers<Value>
  resolvers.promise = new Promise<Value>((resolve, reject) => Object.assign(resolvers, { resolve, reject }))
  return resolvers
}
