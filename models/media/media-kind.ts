/** How the files begin that we decode (bytes as Latin-1); everything else is refused before a decoder sees it. */
const pictures = [/^\xff\xd8\xff/, /^\x89PNG\r\n\x1a\n/, /^RIFF[^]{4}WEBP/]
const clips = [
  /^[^]{4}(ftyp|moov|mdat|free|skip|wide)/, // MP4, MOV
  /^\x1a\x45\xdf\xa3/, // Matroska, WebM
  /^G[^]{187}(G|$)/, // MPEG-TS, packets of 188 bytes
]

export const isPicture = (bytes: Uint8Array): boolean => pictures.some((kind) => kind.test(textOf(bytes, 12)))
export const isClip = (bytes: Uint8Array): boolean => clips.some((kind) => kind.test(textOf(bytes, 189)))

/** The first bytes, for messages. */
export const startOf = (bytes: Uint8Array): string =>
  bytes.length === 0 ? 'is empty' : `begins with ${Buffer.from(bytes.subarray(0, 12)).toString('hex')}`

const textOf = (bytes: Uint8Array, length: number): string => Buffer.from(bytes.subarray(0, length)).toString('latin1')
