import type { Cause } from './cause.ts'

/** etcd and its members. */
export const etcd: readonly Cause[] = [
  {
    cause: /database space exceeded|alarm:NOSPACE/,
    hint: 'etcd’s database has reached its quota and rejects writes: `provision status` shows its size and the fix',
  },
  {
    cause:
      /member has been permanently removed|member [0-9a-f]{1,20} has already been bootstrapped|removed the local member/,
    hint: 'etcd’s data on the host belongs to a removed member: run `provision reset HOST`, then `provision add HOST`',
  },
  {
    cause: /cluster ID mismatch/,
    hint: 'etcd on the host has the data of another cluster: `provision status` lists the members',
  },
  {
    cause:
      /crc mismatch|failed to recover v3 backend|walpb: |page \d{1,12} already freed|freepages: failed|invalid database|snap: [^\n]{0,40}corrupt|failed to (?:open|find) WAL|wal: file not found/i,
    hint: 'etcd’s data on the host is damaged, as after a power cut: `provision rebuild` checks the data of all members and lists the options; `provision backup list` lists archives',
  },
  {
    cause:
      /etcdserver: (?:too many learner|unhealthy cluster|re-configuration failed)|can only promote a learner member which is in sync/,
    hint: 'etcd does not accept another member now: check that all control planes of the cluster are up, then run again',
  },
  {
    cause:
      /etcdserver: (?:request timed out|leader changed|no leader)|apply request took too long|slow fdatasync|failed to send out heartbeat on time|rafthttp: the clock difference/,
    hint: 'etcd is too slow or has no majority: its disk may be slow (`provision status` shows members; etcd requires an fsync below 10 ms), or control planes are down',
  },
]
