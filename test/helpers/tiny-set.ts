import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../config/package-root.js'
import { parseManifest, type Manifest, type ModelName } from '../../models/sets/manifest.js'

/** A folder of model sets that holds one, `tiny/1`: of the format of a trained set, and a few kilobytes. */
export const tinySets = join(packageRoot(), 'test', 'fixtures', 'model-sets')
export const tinySet = join(tinySets, 'tiny', '1')

export const tinyManifest = (): Manifest => {
  const path = join(tinySet, 'manifest.json')
  return parseManifest(readFileSync(path, 'utf8'), path)
}

export const tinyModel = (name: ModelName): Buffer => readFileSync(join(tinySet, `${name}.onnx`))
