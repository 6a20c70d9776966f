import { messageOf } from '../errors/errors.js'
import type { SchemaVersion } from './versions.js'

/**
 * Why two adjacent versions of an event do not go together; empty when they do. Promised are both directions: the new
 * version reads what the old one wrote (topics and backfills hold old records), and the old one reads what the new one
 * wrote (a roll-back, or a consumer that is not upgraded yet, finds the new schema in a registry).
 */
export function incompatibilities(older: SchemaVersion, newer: SchemaVersion): string[] {
  return [...cannotRead(newer, older), ...cannotRead(older, newer)]
}

function cannotRead(reader: SchemaVersion, writer: SchemaVersion): string[] {
  try {
    reader.type.createResolver(writer.type)
    return []
  } catch (error) {
    return [`${reader.event} v${reader.version} cannot read v${writer.version}: ${messageOf(error)}`]
  }
}

/** Each version with the next one of the same event. */
export const adjacentVersions = (schemas: readonly SchemaVersion[]): [SchemaVersion, SchemaVersion][] =>
  schemas.flatMap((newer) => {
    const older = schemas.find(({ event, version }) => event === newer.event && version === newer.version - 1)
    return older === undefined ? [] : [[older, newer]]
  })
