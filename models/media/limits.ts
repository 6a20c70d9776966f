/** What a decoder takes on. Everything above is refused before it costs anything. */
export interface MediaLimits {
  /** Of a picture's or a clip's file. */
  readonly pictureBytes: number
  readonly clipBytes: number
  /** Of a picture, or of a clip's frame. */
  readonly pixels: number
  /** That a clip says it lasts, or does where it says nothing. */
  readonly clipSeconds: number
  /** From the moment a decoder begins with an input. */
  readonly timeoutMs: number
  /** Resident memory of a decoder process, the runtime's own 100 MB included. */
  readonly memoryMb: number
}

/** Room for any cover and for an hour of 4K, not for more. */
export const defaultLimits: MediaLimits = {
  pictureBytes: 20 * 2 ** 20,
  clipBytes: 256 * 2 ** 20,
  pixels: 4096 * 4096,
  clipSeconds: 3600,
  timeoutMs: 20_000,
  memoryMb: 1024,
}
