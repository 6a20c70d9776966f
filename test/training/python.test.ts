import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { packageRoot } from '../../config/package-root.js'
import { pythonEnvironment } from '../../models/training/python-environment.js'

describe('the Python of training', () => {
  it('passes its own tests', async () => {
    const root = packageRoot()
    const venv = process.env.KINORA_TRAINING_VENV ?? join(root, 'models', 'training', '.venv')
    const { signal } = new AbortController()
    const python = await pythonEnvironment({ root, venv, python: 'python3', signal })
    const args = ['-W', 'ignore', '-m', 'unittest', 'discover', '-s', 'models/training/tests', '-t', '.']
    const { stderr } = await promisify(execFile)(python, args, { cwd: root, maxBuffer: 2 ** 24 })
    expect(stderr).toMatch(/Ran \d{2,} tests in [\d.]+s\n\nOK/)
  }, 1_200_000)
})
