/** What never changes on a host while it is provisioned; the only thing about it that shapes a program. */
export interface HostFacts {
  /** Which package family its words compile for. */
  readonly family: 'debian' | 'el'
  /** os-release ID: debian, ubuntu, rocky, … */
  readonly id: string
  /** os-release VERSION_ID: 13, 24.04, 9.6, … */
  readonly version: string
  /** os-release VERSION_CODENAME; empty where there is none. */
  readonly codename: string
  readonly arch: 'amd64' | 'arm64'
}
