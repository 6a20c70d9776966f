import { distance } from 'fastest-levenshtein'
import { settingInfo, type SettingInfo } from './kinds.js'
import { masked } from './mask.js'
import { settings, type SettingName } from './settings.js'

/** One variable as `kinora config` shows it. */
export interface SettingRow {
  name: SettingName
  area: SettingInfo['area']
  about: string
  /** As written in the environment, secrets masked; null when it is unset and has no default. */
  value: string | null
  source: 'environment' | 'default' | 'unset'
}

const names = Object.keys(settings.shape) as SettingName[]

const infoOf = (name: SettingName): SettingInfo => settingInfo.get(settings.shape[name])!

/** Every variable with its value and where that came from. Does not judge the values: `loadConfig` does. */
export const describeSettings = (env: NodeJS.ProcessEnv): SettingRow[] =>
  names.map((name) => {
    const { area, about, secret, default: fallback } = infoOf(name)
    const given = env[name]
    if (given) return { name, area, about, value: masked(given, secret), source: 'environment' }
    return { name, area, about, value: fallback ?? null, source: fallback === undefined ? 'unset' : 'default' }
  })

/** KINORA_ variables that nothing reads, each with the known name it may have meant: worth a warning. */
export const unknownSettings = (env: NodeJS.ProcessEnv): { name: string; meant: SettingName | null }[] =>
  Object.keys(env)
    .filter((name) => name.startsWith('KINORA_') && !(name in settings.shape))
    .sort()
    .map((name) => ({ name, meant: nearest(name) }))

function nearest(name: string): SettingName | null {
  const [best] = names.map((known) => ({ known, edits: distance(name, known) })).sort((a, b) => a.edits - b.edits)
  return best && best.edits <= 4 ? best.known : null
}

/** docs/configuration.md. */
export function configurationPage(): string {
  const areas = [...new Set(names.map((name) => infoOf(name).area))]
  return [
    '# Configuration',
    '',
    'Generated from `config/settings.ts` by `npm run docs`.',
    '',
    'Kinora is configured by environment variables alone. An empty variable counts as unset; all errors are reported at',
    'once; `kinora config` shows every value and where it came from, without secrets. The window, the out-of-orderness and',
    'the idle time belong together: change one and look at the others.',
    ...areas.flatMap(areaSection),
    '',
  ].join('\n')
}

const areaSection = (area: SettingInfo['area']): string[] => [
  '',
  `## ${area}`,
  '',
  '| variable | meaning | expects | default | example |',
  '| --- | --- | --- | --- | --- |',
  ...names.filter((name) => infoOf(name).area === area).map(tableRow),
]

function tableRow(name: SettingName): string {
  const { about, expects, example, default: fallback } = infoOf(name)
  const shown = fallback ? `\`${fallback}\`` : '–'
  return `| \`${name}\` | ${about} | ${expects} | ${shown} | \`${example}\` |`
}
