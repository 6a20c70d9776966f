import type { Command } from 'commander'
import { FatalError } from '../../errors/errors.js'
import { findSet, findSets, nameOf, type SetOnDisk } from '../../models/sets/find-sets.js'
import { precisionOf, type Manifest } from '../../models/sets/manifest.js'
import { readManifest } from '../../models/sets/open-set.js'
import type { CommandContext } from '../context.js'

interface ListedSet {
  readonly name: string
  readonly folder: string
  /** What KINORA_MODEL_SET means. */
  readonly chosen: boolean
  readonly dim?: number
  /** Of all files that the manifest names. */
  readonly bytes?: number
  readonly precision?: string
  /** Why the set cannot be used, as far as its manifest tells. */
  readonly problem?: string
}

/** `kinora models list`: the sets of a folder, judged by their manifests alone. */
export function registerList(models: Command, context: Pick<CommandContext, 'quietConfig'>): void {
  models
    .command('list')
    .description('the model sets that are here: version, size of their vectors and files')
    .option('--json', 'print one JSON document a line')
    .action(async ({ json }: { json?: true }) => {
      const { sets: root, set } = context.quietConfig().models
      const chosen = await findSet(root, set).then(nameOf, () => '')
      const sets = await Promise.all((await findSets(root)).map((found) => listed(found, chosen)))
      for (const each of sets) console.log(json ? JSON.stringify(each) : line(each))
      if (sets.length === 0 && !json) console.log(`no model sets in ${root}`)
    })
}

async function listed(found: SetOnDisk, chosen: string): Promise<ListedSet> {
  const name = nameOf(found)
  const known = { name, folder: found.folder, chosen: name === chosen }
  try {
    const manifest = await readManifest(found)
    return { ...known, dim: manifest.dim, bytes: bytesOf(manifest), precision: precisionOf(manifest) }
  } catch (error) {
    if (!(error instanceof FatalError)) throw error
    return { ...known, problem: `${error.code}: ${error.message}` }
  }
}

const bytesOf = ({ models, tokenizer, golden }: Manifest): number =>
  [...Object.values(models), tokenizer, golden].reduce((sum, { bytes }) => sum + bytes, 0)

function line({ name, chosen, dim, bytes, precision, problem }: ListedSet): string {
  const start = `${chosen ? '*' : ' '} ${name.padEnd(24)}`
  if (problem !== undefined) return `${start} ${problem}`
  return `${start} vectors of ${dim}, ${(bytes! / 1e6).toFixed(1)} MB, ${precision}`
}
