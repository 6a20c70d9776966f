/**
 * A string literal, or an integer too long to be surely exact in JavaScript (not the digits behind a decimal point).
 * The literal comes first, to be skipped whole.
 */
const longNumber = /"(?:[^"\\]|\\.)*"|(?<![\d.])-?\d{16,}(?![\d.eE])/g

/**
 * One row of JSONEachRow. 64-bit integers are numbers where a JavaScript number holds them exactly, and strings where
 * it does not: never silently another value. (So are floats of that size that the engine prints without a point.)
 */
export function parseRow(line: string): unknown {
  if (!/\d{16}/.test(line)) return JSON.parse(line)
  const exact = line.replace(longNumber, (token) =>
    token.startsWith('"') || Number.isSafeInteger(Number(token)) ? token : `"${token}"`,
  )
  return JSON.parse(exact)
}
