const shared = {
  globalSetup: '<rootDir>/test/helpers/name-run.mjs',
  globalTeardown: '<rootDir>/test/helpers/await-services.mjs',
  testEnvironment: '<rootDir>/test/helpers/onnx-environment.cjs',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.kinora'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } },
    ],
  },
}

const project = (displayName, more = {}) => ({
  ...shared,
  displayName,
  testMatch: [`<rootDir>/test/${displayName}/**/*.test.ts`],
  ...more,
})

// Needs Python and minutes: only `npm run test:training` asks for it.
const training = process.env.KINORA_TRAINING ? [project('training')] : []

export default {
  projects: [project('unit'), project('integration'), project('e2e'), project('chaos'), ...training],
  // Tests that start Kafka and ClickHouse share two cores with them.
  maxWorkers: 2,
  testTimeout: 60_000,
}
