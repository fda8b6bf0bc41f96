import { readdirSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'

/** A published log, shortened and without personal data, and a part of the hint that is right for it. */
export interface Case {
  /** Where it was published: owner/repository#number. */
  readonly source: string
  readonly log: string
  readonly hint: string | null
}

const directory = new URL('causes/', import.meta.url)

/** Logs by the program that wrote them. */
export const published: readonly (readonly [program: string, cases: readonly Case[]])[] = readdirSync(directory).map(
  (file) => [file.replace('.yaml', ''), parse(readFileSync(new URL(file, directory), 'utf8'))],
)

/** Logs without a published source: lab hosts or the source of the program print them. */
export const unpublished = [
  'E: Packages need to be removed but remove is disabled.',
  'The node was low on resource: pids. Threshold quantity: 512, available: 498.',
  'Error: UPGRADE FAILED: release web failed, and has been rolled back due to rollback-on-failure being set: not ready',
  'E0102 03:04:05.678901       1 main.go:9] Failed to start BGP server: listen tcp4 10.0.0.2:179: bind: address already in use',
  // templates/kubernetes/probe.yaml.ejs
  '[pod/probe-x7k2p/probe] pod 10.244.1.7 does not answer',
]
