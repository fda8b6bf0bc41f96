/** What a keyword of ssh_config comes to. */
export interface Keyword {
  /** As `man ssh_config` writes it. */
  readonly name: string
  /**
   * `counts`: decides the way to a host. `by-ssh`: ssh applies it, and prints others accordingly. `none`: says nothing of
   * where a host is, how to log in, or which key it has. `refused`: would, and is not supported.
   */
  readonly effect: 'counts' | 'by-ssh' | 'none' | 'refused'
  /** What it decides; why it has no effect; what to do instead of it. */
  readonly what: string
  /** Where a setting that is refused does no harm: the inventory names the way, or a login, or the machine is a bastion. */
  readonly unless?: 'jump' | 'login' | 'bastion' | undefined
}

const counts = [
  ['where the host is', 'Hostname Port AddressFamily ProxyJump'],
  ['who logs in', 'User'],
  ['by which keys', 'IdentityFile CertificateFile IdentitiesOnly IdentityAgent'],
  [
    'by which methods, in which order',
    `PreferredAuthentications PubkeyAuthentication PasswordAuthentication KbdInteractiveAuthentication
    ChallengeResponseAuthentication`,
  ],
  ['which key the host has', 'StrictHostKeyChecking HostKeyAlias UserKnownHostsFile GlobalKnownHostsFile'],
  ['which algorithms are used', 'KexAlgorithms Ciphers MACs HostKeyAlgorithms'],
  ['which keys are good enough', 'PubkeyAcceptedAlgorithms PubkeyAcceptedKeyTypes RequiredRSASize RSAMinSize'],
] as const

const bySsh = [
  ['which lines are for the host', 'Host Match Tag Include IgnoreUnknown RefuseConnection'],
  [
    'its canonical name, which ssh prints as Hostname',
    'CanonicalDomains CanonicalizeFallbackLocal CanonicalizeHostname CanonicalizeMaxDots CanonicalizePermittedCNAMEs',
  ],
] as const

const none = [
  [
    'a further login method: provision tries keys and the password only',
    `GSSAPIAuthentication GSSAPIClientIdentity GSSAPIDelegateCredentials GSSAPIKexAlgorithms GSSAPIRenewalForcesRekey
    GSSAPIServerIdentity GSSAPITrustDns HostbasedAuthentication HostbasedAcceptedAlgorithms HostbasedAlgorithms
    HostbasedKeyTypes EnableSSHKeysign`,
  ],
  [
    'connecting shows no prompts: secrets come from the inventory',
    'BatchMode NumberOfPasswordPrompts KbdInteractiveDevices',
  ],
  [
    'keys with a passphrase, a touch or a PIN are used through an agent',
    'AddKeysToAgent SecurityKeyProvider UseKeychain',
  ],
  ['every host key is checked under the name that reaches the host', 'CheckHostIP NoHostAuthenticationForLocalhost'],
  ['only the key of first contact is stored, in .provision', 'HashKnownHosts UpdateHostKeys CASignatureAlgorithms'],
  ['every host has one connection', 'ControlMaster ControlPath ControlPersist'],
  [
    '--timeout and own keepalives limit the silence of a host',
    'ConnectTimeout ConnectionAttempts ServerAliveCountMax ServerAliveInterval TCPKeepAlive ChannelTimeout',
  ],
  [
    'only connections to hosts behind a bastion are forwarded',
    `ClearAllForwardings DynamicForward ExitOnForwardFailure ForwardAgent ForwardX11 ForwardX11Timeout ForwardX11Trusted
    GatewayPorts LocalForward PermitRemoteOpen RemoteForward StreamLocalBindMask StreamLocalBindUnlink Tunnel TunnelDevice
    XAuthLocation`,
  ],
  [
    'one command runs on the host, without a terminal',
    `EnableEscapeCommandline EscapeChar ForkAfterAuthentication ObscureKeystrokeTiming RequestTTY SessionType StdinNull
    LocalCommand PermitLocalCommand`,
  ],
  ['programs on hosts get no variables of this machine', 'SendEnv SetEnv'],
  ['what ssh shows and logs', 'FingerprintHash LogLevel LogVerbose SyslogFacility VisualHostKey WarnWeakCrypto'],
  ['changes only the transport of bytes', 'AppleMultiPath Compression IPQoS RekeyLimit VersionAddendum'],
  ['belongs to ProxyCommand', 'ProxyUseFdpass'],
] as const

const takeOut = 'remove it for this host; the routing table chooses the interface'

const refused: readonly (readonly [name: string, instead: string, unless?: Keyword['unless']])[] = [
  ['ProxyCommand', 'use ProxyJump there, or ssh.jump in the inventory', 'jump'],
  ['BindAddress', takeOut],
  ['BindInterface', takeOut],
  ['KnownHostsCommand', 'write the keys to a file, and set UserKnownHostsFile'],
  ['RevokedHostKeys', 'write the keys into known_hosts, with @revoked before each'],
  ['VerifyHostKeyDNS', 'turn it off for this host, and write its key to known_hosts'],
  ['GSSAPIKeyExchange', 'turn it off for this host, and write its key to known_hosts'],
  ['PKCS11Provider', 'add its keys to an agent: ssh-add -s', 'login'],
  [
    'RemoteCommand',
    'set it to none for this host; if it leads to another host, use that host with ProxyJump to this one',
    'bastion',
  ],
]

/** Keywords of a group, and what is the same for all of them. */
function group(effect: Keyword['effect'], rows: readonly (readonly [what: string, names: string])[]): Keyword[] {
  return rows.flatMap(([what, names]) => names.split(/\s+/).map((name) => ({ name, effect, what })))
}

/**
 * Every keyword of OpenSSH 8.0 to 10.5 (readconf.c), and those that distributions and macOS add, by its name in lower case.
 * What is missing here is told of where it is set.
 */
export const keywords: ReadonlyMap<string, Keyword> = new Map(
  [
    ...group('counts', counts),
    ...group('by-ssh', bySsh),
    ...group('none', none),
    ...refused.map(([name, what, unless]) => ({ name, effect: 'refused' as const, what, unless })),
  ].map((keyword) => [keyword.name.toLowerCase(), keyword]),
)
