import type { SettingInfo } from './kinds.js'

/** A value as it may be shown: a secret is hidden, a URL loses its login, also a malformed one. */
export function masked(value: string, secret: SettingInfo['secret']): string {
  if (secret === undefined || value === '') return value
  if (secret === 'value') return '***'
  return value.replace(/^([a-z]+:\/*)?.*@/i, '$1***@').replace(/([?&]password=)[^&]*/i, '$1***')
}
