# shellcheck disable=SC2034 # the constants belong to the other files of this directory
# One host's session, as root for its whole journey: reads verbs, one a line, on stdin, runs programs detached
# and follows their journals. Read and evaluated by the bootstrap, see bootstrap.ts. POSIX sh only.
#
# stdout carries journals, byte for byte, each announced by a line `%journal ID OFFSET`;
# stderr carries answers, lines that begin with %. So an answer never lands in the middle of a journal's line.
#
# fd 9 is the lock of the host, 7 the program lock, 8 a run's own lock, 6 what the session holds its directories by, 5 is
# open while directories are taken or removed: locks are the kernel's, so that a killed holder is never in the way, and
# no child that could outlive its parent gets one by accident.

LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
unset CDPATH ENV IFS
umask 077

RUNS=/run/provision
DISK=/var/lib/provision/runs # what a program of the same id keeps on disk as long as its run lives, for want of memory
LOST_SECONDS=180   # a run whose controller stays away this long is nobody's: its directory goes when it ends
DEAD_SECONDS=60    # an owner that gave no sign of life for so long is dead
ORPHAN_SECONDS=900 # how long a program of an earlier run may take to reach the end of its task
FOLLOWER=''        # pid; a session runs one program after the other
IDS=''             # runs of this session
HELD=''            # file that fd 6 has locked
LOCKED=0

tell() { printf '%%%s\n' "$*" >&2; }
