/** The code points of a text: what a tokenizer of one token per character counts, and never half a surrogate pair. */
export const codePoints = (text: string): string[] => Array.from(text)

/** How many there are. */
export function countCodePoints(text: string): number {
  let count = 0
  for (let i = 0; i < text.length; i += text.codePointAt(i)! > 0xffff ? 2 : 1) count++
  return count
}
