#!/bin/sh
# The inside of disk-guest.ts: a guest whose root file system is a device of this machine. Called in namespaces of its
# own as
#
#   sh disk-guest.sh DEVICE SCRATCH LOWER-USR ETC [PROGRAM...]
#
# /usr is an overlay in memory, without the programs that are named, and /dev is this machine's. It ends when standard
# input does, and nothing is left then.
set -eu
device=$1
scratch=$2
usr=$3
etc=$4
shift 4

mount -t tmpfs -o mode=755 scratch "$scratch"
mkdir "$scratch/root" "$scratch/upper" "$scratch/work"
mount "$device" "$scratch/root"
cd "$scratch/root"
mkdir -p usr proc sys dev run tmp var/lib var/log mnt root disc
cp -a "$etc" .
for name in bin sbin lib lib64; do ln -sfn "usr/$name" "$name"; done
mount -t overlay -o "lowerdir=$usr,upperdir=$scratch/upper,workdir=$scratch/work" usr usr
for program in "$@"; do rm -f "usr/bin/$program" "usr/sbin/$program"; done
mount -t proc proc proc
mount -t sysfs sysfs sys
mount --rbind /dev dev
mount -t tmpfs -o mode=755 run run
mount -t tmpfs tmp tmp
mkdir old
pivot_root . old
umount -l /old
rmdir /old
echo ready
cat >/dev/null
