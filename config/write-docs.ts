import { writeFile } from 'node:fs/promises'
import { configurationPage } from './describe.js'
import { errorPage } from './error-page.js'

/** Writes the generated pages into docs/ of the working directory: `npm run docs`. */
await writeFile('docs/configuration.md', configurationPage())
await writeFile('docs/errors.md', errorPage())
