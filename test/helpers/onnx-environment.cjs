const { TestEnvironment } = require('jest-environment-node')

/**
 * jest gives every test file a realm of its own, whose Float32Array is not the one that onnxruntime-node checks its
 * tensors against. This environment lends tests the typed arrays of the process.
 */
const lent = [ArrayBuffer, SharedArrayBuffer, DataView]
const typedArrays = Reflect.ownKeys(globalThis)
  .map((name) => globalThis[name])
  .filter((value) => typeof value === 'function' && Object.getPrototypeOf(value) === Object.getPrototypeOf(Uint8Array))

module.exports = class extends TestEnvironment {
  constructor(config, context) {
    super(config, context)
    for (const constructor of [...lent, ...typedArrays]) this.global[constructor.name] = constructor
  }
}
