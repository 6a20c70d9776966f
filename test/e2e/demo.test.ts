import { describe, expect, it } from '@jest/globals'
import { kinora, startKinora } from '../helpers/kinora.js'
import { processesOf } from '../helpers/processes-of.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { until } from '../helpers/until.js'

describe('kinora demo', () => {
  const folder = tempFolder()

  it('accounts for every event, shows the metrics, exports a training set, and leaves nothing running', async () => {
    const { code, out, err } = await kinora(['demo', '--fast'], folder.path())
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('Nothing is missing.')
    for (const promised of [
      'CTR',
      '有点率',
      '长点率',
      '完播率',
      'perception-v1',
      'content-v1',
      'Hottest videos',
      'p99',
    ])
      expect(out).toContain(promised)
    expect(out).toMatch(/[1-9][\d,]* samples in [1-9]\d* files/)
    expect(await processesOf(folder.path())).toEqual([])
  }, 180_000)

  it('stops cleanly on Ctrl-C in the middle, with all that it started', async () => {
    const { child, printed, ended } = startKinora(['demo', '--fast'], folder.path())
    await until(() => printed.out.includes('freshness'), { withinMs: 120_000 })
    child.kill('SIGINT')
    expect((await ended).code).toBe(130)
    expect(await processesOf(folder.path())).toEqual([])
  }, 180_000)
})
