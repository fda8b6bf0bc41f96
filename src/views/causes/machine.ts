import type { Cause } from './cause.ts'

/** Disks, memory, the kernel and systemd. */
export const machine: readonly Cause[] = [
  {
    cause:
      /inotify[^\n]{0,300}(?:no space left|too many open files)|fsnotify watcher: too many open files|user limit on (?:the total number of )?inotify/i,
    hint: 'the host has no inotify watches left: raise `fs.inotify.max_user_instances` and `fs.inotify.max_user_watches` under `sysctl` there',
  },
  {
    cause: /No space left on device|Disk quota exceeded|not enough free disk space|You don't have enough free space/i,
    hint: 'a disk of the host is full: find it with `df -h` and `df -i`, free space, then run again',
  },
  {
    cause: /Read-only file system/i,
    hint: 'a file system of the host is mounted read-only, often after disk errors: read `dmesg` there',
  },
  {
    cause: /Input\/output error|Structure needs cleaning|EXT4-fs error/,
    hint: 'a disk of the host has errors: read `dmesg` there, and check its file systems',
  },
  {
    cause:
      /(?:cannot (?:move|remove|create|overwrite|unlink|stat|change)|rename:? )[^\n]{0,600}Operation not permitted/,
    hint: 'root cannot change a file: `lsattr` on the host shows an `i` for immutable files; make the file writable with `chattr -i FILE`',
  },
  {
    cause:
      /Cannot allocate memory|Out of memory: Kill|invoked oom-killer|\boom-kill|oom_reaper|Memory cgroup out of memory|reason["= :]{1,12}OOMKilled|(?:code=killed, |)status=9\/KILL[^\n]{0,60}oom/i,
    hint: 'the host ran out of memory: a control plane needs 2 GiB, a worker 1 GiB plus its workloads',
  },
  {
    cause:
      /fork: (?:retry: )?Resource temporarily unavailable|pthread_create failed|failed to create new OS thread|cannot fork/i,
    hint: 'the host has reached its process limit: `systemctl show -p TasksMax user.slice` and `ulimit -u` there show the limits, `cat /proc/sys/kernel/pid_max` the kernel’s',
  },
  {
    cause: /exec format error/i,
    hint: 'a program or image is for another processor architecture than the host’s (`uname -m`): check `mirrors:`, and images set in the inventory',
  },
  {
    cause: /Illegal instruction|CPU does not support x86-64-v\d|Fatal glibc error: CPU/,
    hint: 'the host’s processor lacks instructions that this system requires: for a virtual machine, choose another CPU model (`host`)',
  },
  {
    cause: /Module (?!configs\b)[\w-]+ not found in directory|FATAL: Module (?!configs\b)[\w-]+ not found/,
    hint: 'the running kernel lacks a module: install its extra modules (`kernel-modules-extra` on the RHEL family, `linux-modules-extra-*` on Ubuntu), or reboot into the kernel with installed modules',
  },
  {
    cause:
      /(?:iptables|ip6tables|nft|ipset)[^\n]{0,300}(?:Table does not exist|No chain\/target\/match by that name|Protocol not supported|can't initialize|Could not fetch rule set generation id|Kernel error received: set type not supported)|Cannot open session to kernel/,
    hint: 'the running kernel lacks a part of netfilter: reboot into the kernel with installed modules, or install its extra modules (`kernel-modules-extra`, `linux-modules-extra-*`)',
  },
  {
    cause: /adjtimex[^\n]{0,60}Operation not permitted/,
    hint: 'the clock of a container cannot be set: use a virtual or physical machine, or set the clock of the machine that runs the container',
  },
  {
    cause: /System has not been booted with systemd as init|Failed to connect to (?:system scope )?bus/,
    hint: 'systemd does not run the host: use a host with systemd, not a container without it',
  },
  {
    cause: /Unit (?<unit>[\w.@-]{1,100}) is masked/,
    hint: '{unit} is masked: run `sudo systemctl unmask {unit}` on the host, then run again',
  },
  {
    cause: /Condition[A-Za-z]{3,40}=\S{1,100} was not met|unmet condition check \(Condition[A-Za-z]{3,40}=\S{1,100}\)/,
    hint: 'systemd does not start the unit because of a condition in its file: the log names the condition; a container or virtual machine without the required privilege cannot meet it',
  },
]
