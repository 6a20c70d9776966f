import { between, pick, type Random } from '../../random.js'
import type { Canvas, Colour } from './canvas.js'

type Painter = (canvas: Canvas, random: Random) => void

/** Paints one of several backgrounds: plain to busy, in any colours. */
export function paintBackground(canvas: Canvas, random: Random): void {
  pick(random, [gradient, stripes, checks, blots, horizon, grain])(canvas, random)
}

/** Muted or bright, light or dark. */
export function drawColour(random: Random): Colour {
  const [base, spread] = [between(random, 20, 235), between(random, 10, 110)]
  const channel = (): number => Math.max(0, Math.min(255, base + between(random, -spread, spread)))
  return [channel(), channel(), channel()]
}

/** Fills the canvas with a colour for each pixel; x and y in [0, 1). */
function fill(canvas: Canvas, mix: (x: number, y: number) => number, one: Colour, other: Colour): void {
  const { size, rgb } = canvas
  for (let row = 0, at = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      const share = mix(column / size, row / size)
      for (let c = 0; c < 3; c++) rgb[at++] = one[c]! * (1 - share) + other[c]! * share
    }
}

const colours = (random: Random): [Colour, Colour] => [drawColour(random), drawColour(random)]

const gradient: Painter = (canvas, random) => {
  const turn = between(random, 0, 2 * Math.PI)
  const [dx, dy] = [Math.cos(turn) / 2, Math.sin(turn) / 2]
  fill(canvas, (x, y) => 0.5 + dx * (x - 0.5) + dy * (y - 0.5), ...colours(random))
}

const stripes: Painter = (canvas, random) => {
  const [turn, count] = [between(random, 0, Math.PI), between(random, 3, 12)]
  const [dx, dy] = [Math.cos(turn) * count, Math.sin(turn) * count]
  fill(canvas, (x, y) => (Math.floor(x * dx + y * dy) & 1 ? 1 : 0), ...colours(random))
}

const checks: Painter = (canvas, random) => {
  const count = between(random, 3, 9)
  fill(canvas, (x, y) => (Math.floor(x * count) + Math.floor(y * count)) & 1, ...colours(random))
}

/** Soft round spots, as of lights out of focus. */
const blots: Painter = (canvas, random) => {
  const spots = Array.from({ length: 5 }, () => [random(), random(), between(random, 0.08, 0.3)] as const)
  const share = (x: number, y: number): number =>
    spots.reduce((sum, [cx, cy, r]) => sum + Math.max(0, 1 - ((x - cx) ** 2 + (y - cy) ** 2) / (r * r)), 0)
  fill(canvas, (x, y) => Math.min(1, share(x, y)), ...colours(random))
}

/** Something like ground below something like sky. */
const horizon: Painter = (canvas, random) => {
  const [height, wave, phase] = [between(random, 0.35, 0.75), between(random, 0, 0.06), between(random, 0, 6)]
  fill(
    canvas,
    (x, y) => (y > height + wave * Math.sin(x * 9 + phase) ? 1 - (1 - y) * 0.5 : y * 0.3),
    ...colours(random),
  )
}

const grain: Painter = (canvas, random) => {
  const strength = between(random, 0.1, 0.5)
  fill(canvas, (_, y) => Math.min(1, y * 0.5 + random() * strength), ...colours(random))
}
