/** Where a secret comes from; files are absolute paths. */
export type SecretSource = 'prompt' | { readonly env: string } | { readonly file: string }

/** A file that anybody may read, such as a certificate; absolute. */
export interface PublicFile {
  readonly publicFile: string
}
