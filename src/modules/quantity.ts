const factors: ReadonlyMap<string, number> = new Map(
  Object.entries({
    '': 1,
    m: 1e-3,
    k: 1e3,
    M: 1e6,
    G: 1e9,
    T: 1e12,
    P: 1e15,
    E: 1e18,
    Ki: 2 ** 10,
    Mi: 2 ** 20,
    Gi: 2 ** 30,
    Ti: 2 ** 40,
    Pi: 2 ** 50,
    Ei: 2 ** 60,
  }),
)

/** The number that a Kubernetes quantity such as `500Mi` or `200m` stands for. NaN for what is none. */
export function quantityValue(text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(text) ?? []
  return Number(number) * (factors.get(unit) ?? Number.NaN)
}

/** Whole MiB of a quantity of memory, rounded up. */
export function mebibytes(text: string): number {
  return Math.ceil(quantityValue(text) / 2 ** 20)
}

/** Whole thousandths of a CPU, rounded up. */
export function millicores(text: string): number {
  return Math.ceil(quantityValue(text) * 1000)
}
