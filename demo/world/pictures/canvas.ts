/** A square picture being drawn: RGB, 8 bits, row by row. */
export interface Canvas {
  readonly size: number
  readonly rgb: Buffer
}

/** A drawing with transparency: RGBA, 8 bits, square, in sizes that halve. */
export interface Sprite {
  readonly levels: readonly { readonly size: number; readonly rgba: Buffer }[]
}

export interface Placement {
  /** Centre and extent in parts of the canvas. */
  readonly x: number
  readonly y: number
  readonly extent: number
  /** Radians. */
  readonly turn: number
  readonly mirrored: boolean
}

export type Colour = readonly [red: number, green: number, blue: number]

export const createCanvas = (size: number): Canvas => ({ size, rgb: Buffer.alloc(size * size * 3) })

/** Draws a sprite; what lies outside the canvas is cut off. Bilinear, from the level that is just large enough. */
export function drawSprite(canvas: Canvas, sprite: Sprite, placement: Placement): void {
  const pixels = placement.extent * canvas.size
  const level = [...sprite.levels].reverse().find(({ size }) => size >= pixels) ?? sprite.levels[0]!
  const [centreX, centreY] = [placement.x * canvas.size, placement.y * canvas.size]
  // A turned square reaches as far as its diagonal.
  const reach = pixels * 0.7072 + 1
  const [left, right] = span(centreX, reach, canvas.size)
  const [top, bottom] = span(centreY, reach, canvas.size)
  const [cos, sin] = [Math.cos(placement.turn), Math.sin(placement.turn)].map(
    (each) => (each * level.size) / pixels,
  ) as [number, number]
  const half = level.size / 2
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) {
      const [dx, dy] = [x + 0.5 - centreX, y + 0.5 - centreY]
      const u = cos * dx + sin * dy
      blend(canvas, x, y, level, (placement.mirrored ? -u : u) + half - 0.5, cos * dy - sin * dx + half - 0.5)
    }
}

const span = (centre: number, reach: number, size: number): [number, number] => [
  Math.max(0, Math.floor(centre - reach)),
  Math.min(size, Math.ceil(centre + reach)),
]

/** Lays the sprite's colour at (u, v), between four of its pixels, over the canvas's at (x, y). */
function blend(
  canvas: Canvas,
  x: number,
  y: number,
  { size, rgba }: Sprite['levels'][number],
  u: number,
  v: number,
): void {
  const [column, row] = [Math.floor(u), Math.floor(v)]
  if (column < -1 || row < -1 || column >= size || row >= size) return
  let [alpha, red, green, blue] = [0, 0, 0, 0]
  for (let j = 0; j < 2; j++)
    for (let i = 0; i < 2; i++) {
      const [c, r] = [column + i, row + j]
      if (c < 0 || r < 0 || c >= size || r >= size) continue
      const at = (r * size + c) * 4
      const weight = (i ? u - column : 1 - u + column) * (j ? v - row : 1 - v + row) * rgba[at + 3]!
      alpha += weight
      red += weight * rgba[at]!
      green += weight * rgba[at + 1]!
      blue += weight * rgba[at + 2]!
    }
  if (alpha === 0) return
  const at = (y * canvas.size + x) * 3
  const under = 1 - alpha / 255
  canvas.rgb[at] = canvas.rgb[at]! * under + red / 255
  canvas.rgb[at + 1] = canvas.rgb[at + 1]! * under + green / 255
  canvas.rgb[at + 2] = canvas.rgb[at + 2]! * under + blue / 255
}

/** Lays an RGBA picture over the canvas with its upper left corner at (left, top), in pixels. */
export function drawOver(
  canvas: Canvas,
  over: { rgba: Buffer; width: number; height: number },
  left: number,
  top: number,
): void {
  for (let row = 0; row < over.height; row++)
    for (let column = 0; column < over.width; column++) {
      const [x, y] = [left + column, top + row]
      const from = (row * over.width + column) * 4
      const alpha = over.rgba[from + 3]! / 255
      if (alpha === 0 || x < 0 || y < 0 || x >= canvas.size || y >= canvas.size) continue
      const to = (y * canvas.size + x) * 3
      for (let c = 0; c < 3; c++) canvas.rgb[to + c] = canvas.rgb[to + c]! * (1 - alpha) + over.rgba[from + c]! * alpha
    }
}
