#!/bin/sh
# The inside of guest.ts: sets up the namespaces of one guest. Called as
#
#   unshare --net --mount --propagation private sh guest.sh SCRATCH LAYER[:LAYER...] [IMAGE]
#
# it stays in a network namespace that stands for the wire, at the far ends of the guest's network cards. The guest
# itself lives in namespaces below that one. This process ends when standard input does; the guest's first process
# ends with it, and then the kernel takes down everything: processes, mounts, network cards. So nothing is left
# behind even if the tests are killed.
set -eu

# Everything that the guest writes is in a tmpfs that no other mount namespace sees.
lay_out_root() {
  mount -t tmpfs -o mode=755 vmcontext-guest "$scratch"
  mkdir "$scratch/upper" "$scratch/work" "$scratch/root"
  # xino: otherwise a directory gets another inode number whenever the kernel has forgotten it.
  options="xino=on,lowerdir=$layers,upperdir=$scratch/upper,workdir=$scratch/work"
  mount -t overlay -o "$options" guest "$scratch/root"
}

# Everything but /usr is on an ext4 in an image. What ext4 does by itself for programs that forget to sync is off: it
# writes nothing before somebody asks for it.
mount_disk() {
  mount -t tmpfs -o mode=755 vmcontext-guest "$scratch"
  mkdir "$scratch/root"
  mount -t ext4 -o loop,noauto_da_alloc,commit=300 "$image" "$scratch/root"
  mount -t overlay -o "lowerdir=$(echo "$layers:" | sed 's|:|/usr:|g; s|:$||')" usr "$scratch/root/usr"
}

# The image may be used again once this is over: what the guest's last process held, the kernel lets go of later on.
release_disk() {
  umount "$scratch/root/usr" "$scratch/root"
  while [ -n "$(losetup --associated "$image")" ]; do sleep 0.01; done
}

# A machine's own devices, but none of this machine's disks. The console is a file, for tests to read.
make_devices() {
  mount -t tmpfs -o mode=755 udev dev
  while read -r name major minor; do
    mknod -m 666 "dev/$name" c "$major" "$minor"
  done <<END
null 1 3
zero 1 5
full 1 7
random 1 8
urandom 1 9
tty 5 0
END
  : >dev/console
  mkdir dev/pts dev/shm
  mount -t devpts -o newinstance,ptmxmode=666,mode=620 devpts dev/pts
  mount -t tmpfs shm dev/shm
  ln -s pts/ptmx dev/ptmx
  ln -s /proc/self/fd dev/fd
  ln -s /proc/self/fd/0 dev/stdin
  ln -s /proc/self/fd/1 dev/stdout
  ln -s /proc/self/fd/2 dev/stderr
}

# What /sys and /proc show of block devices is this machine's, in every namespace: covered, and filled with the
# guest's own discs later. What is this machine's in /proc/sys is read-only, except for what has a namespace.
mount_kernel_file_systems() {
  mount -t proc proc proc
  mount -t sysfs -o ro sysfs sys
  mount -t tmpfs -o mode=755 block sys/block
  mount -t tmpfs -o mode=755 block sys/class/block
  printf 'major minor  #blocks  name\n\n' >"$scratch/partitions"
  mount --bind "$scratch/partitions" proc/partitions

  mkdir "$scratch/proc"
  mount -t proc proc "$scratch/proc"
  mount --bind proc/sys proc/sys
  mount -o remount,bind,ro proc/sys
  for name in net kernel/hostname kernel/domainname; do
    mount --bind "$scratch/proc/sys/$name" "proc/sys/$name"
  done
  # Each guest has its own boot.
  cat "$scratch/proc/sys/kernel/random/uuid" >"$scratch/boot_id"
  mount --bind "$scratch/boot_id" proc/sys/kernel/random/boot_id
  umount "$scratch/proc"
}

# The guest's first process. It reaps what loses its parent, as an init does.
live() {
  trap 'echo "the guest ended"' EXIT
  # /proc is still that of the machine, and so is the number.
  read -r pid _ </proc/self/stat
  cd "$scratch/root"
  make_devices
  mount_kernel_file_systems
  mount -t tmpfs -o mode=755,nosuid,noexec run run
  # As a boot has them by then; mount(8) makes its own at first use.
  mkdir run/lock run/mount
  echo '(none)' >proc/sys/kernel/hostname
  echo "$pid" >"$scratch/pid"
  pivot_root . .
  umount -l .
  # For guest.ts: the guest is there, and this is how it is reached.
  echo "$pid"
  # The shell reaps any child while it waits for one.
  while :; do
    sleep 3600 &
    wait $! || :
  done
}

if [ "$1" = --live ]; then
  scratch=$2
  live
  exit
fi

scratch=$1
layers=$2
image=${3-}
if [ -n "$image" ]; then mount_disk; else lay_out_root; fi
setpriv --pdeathsig KILL unshare --pid --net --uts --ipc --mount --propagation private --fork --kill-child \
  sh "$0" --live "$scratch" </dev/null &
cat >/dev/null || :
# Ended from inside out, so that everything is gone when this script is.
kill -9 "$(cat "$scratch/pid")" || :
wait
if [ -n "$image" ]; then release_disk; fi
