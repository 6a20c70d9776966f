/** Pillow's fixed point: coefficients of 22 bits, so that 255 levels and a sign fit into 32. */
const PRECISION_BITS = 22
const HALF = 1 << (PRECISION_BITS - 1)
const SUPPORT = 2

/** For each output position the first input it reads, how many, and their weights, `width` apart. */
interface Weights {
  readonly width: number
  readonly first: Int32Array
  readonly count: Int32Array
  readonly weight: Int32Array
}

/** Pixels side by side, row by row, 3 levels each. */
export interface Rgb {
  readonly width: number
  readonly height: number
  /** uint8 [height, width, 3] */
  readonly data: Uint8Array
}

/**
 * Bicubic, antialiased, to `size` × `size` whatever the aspect; uint8 [size, size, 3].
 *
 * Bit for bit what Pillow 13's `Image.resize` makes, because training resizes with Pillow: its `ImagingResample`, with
 * the same coefficients (a = −0.5), rounding and order of passes. sharp's own cubic kernel differs by up to 170 levels
 * where one side shrinks and the other grows.
 */
export function resizeSquare(picture: Rgb, size: number): Uint8Array {
  // As Pillow 13 does to be fast; earlier versions never did. Levels are cut off at 0 and 255 between the passes, so
  // that the order shows by tens of levels.
  const lost = { columns: picture.width - size, rows: picture.height - size }
  const columnsFirst = lost.rows > 0 && lost.rows > 2 * lost.columns
  const [first, second] = columnsFirst ? [resizeHeight, resizeWidth] : [resizeWidth, resizeHeight]
  return second(first(picture, size), size).data
}

function resizeWidth({ width, height, data }: Rgb, to: number): Rgb {
  if (width === to) return { width, height, data }
  const from = { data, lineStep: width * 3, step: 3 }
  const out = { data: new Uint8Array(to * height * 3), lineStep: to * 3, step: 3 }
  resample(from, out, height, weightsOf(width, to))
  return { width: to, height, data: out.data }
}

function resizeHeight({ width, height, data }: Rgb, to: number): Rgb {
  if (height === to) return { width, height, data }
  const steps = { lineStep: 3, step: width * 3 }
  const out = { data: new Uint8Array(width * to * 3), ...steps }
  resample({ data, ...steps }, out, width, weightsOf(height, to))
  return { width, height: to, data: out.data }
}

function weightsOf(from: number, to: number): Weights {
  const scale = from / to
  const stretch = Math.max(scale, 1)
  const support = SUPPORT * stretch
  const width = Math.ceil(support) * 2 + 1
  const whole = (length: number) => new Int32Array(length)
  const weights = { width, first: whole(to), count: whole(to), weight: whole(to * width) }
  const values = new Float64Array(width)
  for (let out = 0; out < to; out++) {
    const center = (out + 0.5) * scale
    const first = Math.max(0, Math.trunc(center - support + 0.5))
    const count = Math.min(from, Math.trunc(center + support + 0.5)) - first
    let sum = 0
    for (let index = 0; index < count; index++) {
      const value = bicubic((index + first - center + 0.5) / stretch)
      values[index] = value
      sum += value
    }
    for (let index = 0; index < count; index++) weights.weight[out * width + index] = fixed(values[index]! / (sum || 1))
    weights.first[out] = first
    weights.count[out] = count
  }
  return weights
}

function fixed(value: number): number {
  const scaled = value * 2 ** PRECISION_BITS
  return Math.trunc(scaled < 0 ? scaled - 0.5 : scaled + 0.5)
}

/** Keys' kernel with a = −0.5. */
function bicubic(position: number): number {
  const x = Math.abs(position)
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0
}

/** Pixels in lines, along which they are resampled; steps in levels. */
interface Lines {
  readonly data: Uint8Array
  readonly lineStep: number
  readonly step: number
}

function resample(from: Lines, out: Lines, lines: number, { width, first, count, weight }: Weights): void {
  const { data, step } = from
  for (let line = 0; line < lines; line++) {
    for (let at = 0; at < first.length; at++) {
      let red = HALF
      let green = HALF
      let blue = HALF
      const end = at * width + count[at]!
      let pixel = line * from.lineStep + first[at]! * step
      for (let index = at * width; index < end; index++, pixel += step) {
        const share = weight[index]!
        red += data[pixel]! * share
        green += data[pixel + 1]! * share
        blue += data[pixel + 2]! * share
      }
      const to = line * out.lineStep + at * out.step
      out.data[to] = level(red)
      out.data[to + 1] = level(green)
      out.data[to + 2] = level(blue)
    }
  }
}

const level = (fixed: number): number => {
  const value = fixed >> PRECISION_BITS
  return value < 0 ? 0 : value > 255 ? 255 : value
}
