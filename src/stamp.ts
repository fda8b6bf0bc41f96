/** A moment as names of runs and archives have it, in UTC: `YYYYMMDD-HHMMSS`. */
export function stampOf(moment: Date): string {
  return moment.toISOString().replace(/[-:]/g, '').replace(/\..*/, '').replace('T', '-')
}
