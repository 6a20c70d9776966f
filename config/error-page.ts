import { errorCodes } from '../errors/codes.js'

/** docs/errors.md. */
export const errorPage = (): string =>
  [
    '# Errors',
    '',
    'Generated from `errors/codes.ts` by `npm run docs`.',
    '',
    'Every error that Kinora raises on purpose carries one of these codes: in the log, in the exit message of a command,',
    'and in the `code` of a dead letter.',
    ...Object.entries(errorCodes).flatMap(([code, { means, check }]) => [
      '',
      `## ${code}`,
      '',
      `**Means:** ${means}`,
      '',
      `**Check:** ${check}`,
    ]),
    '',
  ].join('\n')
