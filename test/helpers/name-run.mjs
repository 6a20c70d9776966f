/** Before all tests: how the folders of services begin that the workers of this run start. */
export default function nameRun() {
  process.env.KINORA_TEST_SERVICES = `kinora-test-${process.pid}-`
}
