declare module 'postject' {
  /** Puts bytes into an executable, in place, and marks there that they are in it. */
  export function inject(
    file: string,
    name: string,
    data: Buffer,
    settings: { readonly sentinelFuse: string },
  ): Promise<void>
}
