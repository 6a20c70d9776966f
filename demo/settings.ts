import type { DemoParameters } from './parameters.js'

/** The environment variables that set the platform's times to the demo's: seconds instead of minutes. */
export const demoSettings = ({ time }: DemoParameters) => ({
  KINORA_WINDOW_MS: String(time.windowMs),
  KINORA_OUT_OF_ORDERNESS_MS: String(time.outOfOrdernessMs),
  KINORA_IDLE_MS: String(time.idleMs),
  KINORA_AHEAD_MS: String(time.aheadMs),
  KINORA_FUTURE_MS: String(time.futureMs),
})

/** What is made faster than in life, for the reader of the summary. */
export const scaleSentence = ({ time, playback }: DemoParameters): string =>
  `To be over in time, a window lasts ${time.windowMs / 1000} s here (in production 30 min), and users watch ${playback.speed} times as fast.`
