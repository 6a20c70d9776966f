/** Where a model can run. */
export const devices = ['cpu', 'cuda', 'webgpu'] as const
export type Device = (typeof devices)[number]

/** onnxruntime's names of its execution providers, as profiles report them. */
const providers: Readonly<Record<string, Device>> = {
  CPUExecutionProvider: 'cpu',
  CUDAExecutionProvider: 'cuda',
  WebGpuExecutionProvider: 'webgpu',
  WebGPUExecutionProvider: 'webgpu',
}

interface ProfiledEvent {
  readonly cat?: string
  readonly args?: { readonly provider?: string }
}

/** How many nodes of one profiled run each device really took. */
export function devicesInProfile(profile: string): ReadonlyMap<Device, number> {
  const counts = new Map<Device, number>()
  for (const { cat, args } of JSON.parse(profile) as ProfiledEvent[]) {
    const device = providers[args?.provider ?? '']
    if (cat === 'Node' && device !== undefined) counts.set(device, (counts.get(device) ?? 0) + 1)
  }
  return counts
}

/**
 * The device of a profiled run: the asked-for one if any node ran on it (a GPU leaves shape arithmetic to the CPU),
 * otherwise where most nodes ran; undefined for an empty profile.
 */
export function deviceThatRan(counts: ReadonlyMap<Device, number>, asked: Device): Device | undefined {
  if (counts.has(asked)) return asked
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0]
}
