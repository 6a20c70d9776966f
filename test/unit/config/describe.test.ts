import { readFile } from 'node:fs/promises'
import { describe, expect, it } from '@jest/globals'
import { loadConfig } from '../../../config/config.js'
import { configurationPage, describeSettings, unknownSettings } from '../../../config/describe.js'
import { errorPage } from '../../../config/error-page.js'
import { settingInfo } from '../../../config/kinds.js'
import { settings } from '../../../config/settings.js'

describe('describeSettings', () => {
  const rows = describeSettings({
    KINORA_WINDOW_MS: '5000',
    KAFKA_SASL_PASSWORD: 'hunter2',
    REDIS_URL: 'redis://:hunter2@r:6379/1',
  })
  const row = (name: string) => rows.find((each) => each.name === name)

  it('tells where each value came from', () => {
    expect(row('KINORA_WINDOW_MS')).toMatchObject({ value: '5000', source: 'environment' })
    expect(row('KINORA_IDLE_MS')).toMatchObject({ value: '30000', source: 'default' })
    expect(row('KAFKA_BROKERS')).toMatchObject({ value: null, source: 'unset' })
  })

  it('masks secrets', () => {
    expect(row('KAFKA_SASL_PASSWORD')?.value).toBe('***')
    expect(row('REDIS_URL')?.value).toBe('redis://***@r:6379/1')
    expect(JSON.stringify(rows)).not.toContain('hunter2')
  })
})

describe('the settings', () => {
  it.each(Object.entries(settings.shape))('%s has an example that is accepted', (name, schema) => {
    const info = settingInfo.get(schema)!
    expect(schema.safeParse(info.example).success).toBe(true)
    expect(info.about).toMatch(/^[A-Z].*\.$/)
    expect(name.endsWith('_MS')).toBe(info.expects.includes('milliseconds'))
  })

  it('have defaults that fit together', () => {
    expect(() => loadConfig({})).not.toThrow()
  })
})

describe('unknownSettings', () => {
  it('names a variable that nothing reads, and the one that it may have meant', () => {
    expect(unknownSettings({ KINORA_WINDOW: '5', KINORA_IDLE_MS: '5', KINORA_SOMETHING_ELSE: '1', PATH: '' })).toEqual([
      { name: 'KINORA_SOMETHING_ELSE', meant: null },
      { name: 'KINORA_WINDOW', meant: 'KINORA_WINDOW_MS' },
    ])
  })
})

describe('the generated pages', () => {
  it.each([
    ['docs/configuration.md', configurationPage],
    ['docs/errors.md', errorPage],
  ])('%s is what `npm run docs` writes', async (path, page) => {
    expect(await readFile(path, 'utf8')).toBe(page())
  })
})
