import type { Command } from 'commander'
import type { CommandContext } from '../context.js'
import { registerEvaluate } from '../models/evaluate.js'
import { registerKeySentences } from '../models/key-sentences.js'
import { registerList } from '../models/list.js'
import { registerVerify } from '../models/verify.js'

/** `kinora models …`: what there is to know of models. */
export function registerModels(program: Command, context: CommandContext): void {
  const models = program.command('models').description('list, verify and judge models')
  for (const register of [registerList, registerVerify, registerEvaluate, registerKeySentences])
    register(models, context)
}
