import { homedir } from 'node:os'
import { join } from 'node:path'

/** Downloads are kept where the product keeps them. */
export const cacheDir = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'kinora')
