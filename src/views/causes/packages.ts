import type { Cause } from './cause.ts'

/** apt, dpkg, dnf and rpm. */
export const packages: readonly Cause[] = [
  {
    cause: /Could not get lock \/|Unable to (?:acquire the dpkg frontend lock|lock (?:directory|the administration))/,
    hint: 'another package manager is running (often unattended-upgrades): let it finish, then run again',
  },
  {
    cause: /dpkg was interrupted, you must manually run/,
    hint: 'an earlier installation was interrupted: run `sudo dpkg --configure -a` on the host, then run again',
  },
  {
    cause:
      /waiting for (?:process with pid )?\d{1,10} to finish|Waiting for process with pid|Another app is currently holding the yum lock/,
    hint: 'another dnf or yum is running on the host: let it finish, then run again',
  },
  {
    cause: /Conflicting values set for option Signed-By regarding source (?<source>[^\s:]{1,20}:\/\/[^\s:]{1,300})/,
    hint: 'two files below /etc/apt set different keys for {source}: keep one of them (`grep -r Signed-By /etc/apt/sources.list.d` and `grep -ri signed-by /etc/apt` show both)',
  },
  {
    cause: /Malformed (?:entry|line) \d{1,6} in|Type '[^']{1,100}' is not known on (?:line|stanza)/,
    hint: 'a file below /etc/apt/sources.list.d cannot be read: the log names file and line; correct it, then run again',
  },
  {
    cause: /changed its '(?:Suite|Codename|Origin|Label|Version)' value from/,
    hint: 'a repository has moved on to another release: `sudo apt-get update --allow-releaseinfo-change` on the host accepts it; then run again',
  },
  {
    cause: /EXPKEYSIG|KEYEXPIRED|Expired on \d{4}-\d\d-\d\d|key is not alive/,
    hint: 'the repository’s signing key has expired, also after it was fetched again: if its publisher does not renew it, set a newer `kubernetes.version` or another `mirrors:` (docs/guides/mirrors.md, “Signing keys that expire”)',
  },
  {
    cause:
      /NO_PUBKEY|BADSIG [0-9A-F]|The following signatures (?:couldn't be verified|were invalid)|is not signed\.|GPG check FAILED|Missing key [0-9A-F]+|repomd\.xml GPG signature verification error|Public key for \S{1,300} is not installed|Bad GPG signature|is not installed\. Failing package is/,
    hint: 'the repository’s signature does not fit its key, which was fetched again: a mirror serves another repository or an old key; choose another `mirrors:`. For the system’s own repositories, update the package with their keys',
  },
  {
    cause: /Release file for .{1,600} is expired/,
    hint: 'the mirror is out of date, or the host’s clock is ahead: choose another `mirrors:`, and check `date` on the host',
  },
  {
    cause: /Hash Sum mismatch|File has unexpected size|Mirror sync in progress|checksum error|checksum doesn't match/i,
    hint: 'the mirror was being updated, or a proxy serves old files: run again in a few minutes, or choose another `mirrors:`',
  },
  {
    cause: /system is not registered (?:with an entitlement server|to Red Hat Subscription Management)/,
    with: /No match for argument|Unable to find a match|no enabled repos|nothing provides/,
    hint: 'the host is not registered with Red Hat and has no system repositories: run `sudo subscription-manager register` there, then run again',
  },
  {
    cause: /There are no enabled repo/,
    hint: 'dnf on the host has no repository: `dnf repolist --all` lists them; enable the system’s repositories, then run again',
  },
  {
    cause: /(?:conflicts with|obsoletes|requires) runc\b/,
    hint: 'containerd.io conflicts with the host’s own runc, which podman and buildah require: `rpm -q --whatrequires runc` lists the packages that use it; remove them, or use another host',
  },
  {
    cause: /No URLs in mirrorlist|Could not retrieve mirrorlist/,
    hint: 'the mirror list of the distribution has no entry for this release: it may have reached its end of life; set repositories that still provide it (docs/reference/supported-systems.md)',
  },
  {
    cause: /does not have a Release file|Failed to fetch .{1,600} 404|404 +Not Found|Status code: 404/,
    hint: 'the repository has no such file: check `mirrors:`, and that the mirror has this distribution’s release and this Kubernetes minor',
  },
  {
    cause: /Status code: 403|403 {1,2}Forbidden/,
    hint: 'a server, proxy or mirror denies access to a file: open the address that the log names from the host (`curl -I`)',
  },
  {
    cause: /nothing provides \S{1,200}|Error: Package: \S{1,200} \([^)\n]{1,100}\)\n\s{1,40}Requires: /,
    hint: 'a package requires another package that no enabled repository has: enable the distribution’s other repositories (AppStream, CRB, EPEL; universe on Ubuntu)',
  },
  {
    cause:
      /Unable to locate package|Version \S{1,600} for \S{1,600} was not found|No match for argument|Unable to find a match|No package \S{1,300} available|has no installation candidate|Couldn't find any package by (?:glob|regex)/,
    hint: 'the repository does not have that package or version: check the versions in the inventory, and that the mirror is complete',
  },
  {
    cause: /Packages need to be removed but remove is disabled/,
    hint: 'apt would remove packages that are in use: the log names them; for the distribution’s Docker set `docker: { packages: distribution }`, or remove them yourself',
  },
  {
    cause:
      /Held packages were changed|held broken packages|have unmet dependencies|conflicting requests|file conflicts with|conflicts between attempted installs/,
    hint: 'package conflict on the host: the log names the packages; remove the one that was installed manually (`apt-mark showhold` or `dnf versionlock list` shows held packages)',
  },
  {
    cause:
      /rpmdb[^\n]{0,300}(?:corrupt|malformed|BDB\d{4})|Thread died in Berkeley DB library|error: rpmdb|database disk image is malformed/,
    hint: 'the host’s package database is damaged: run `sudo rpm --rebuilddb` there, then run again',
  },
  {
    cause:
      /error processing package [\w.+:-]{1,100}|(?:pre|post)(?:inst|rm|in|un)?[^\n]{0,100} scriptlet[^\n]{0,100} failed/i,
    hint: 'a package’s own script failed on the host: `sudo dpkg --configure -a` (or dnf’s log below /var/log) shows why',
  },
]
