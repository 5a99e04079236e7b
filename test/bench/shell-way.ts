// What a boot is measured against: the shell scripts that did the job in 2.2, and the programs that any way of doing it
// has to start.

/** The account of the contexts, as in the manual's example. */
export const accountName = 'virtualuser'

/** What the scripts of the disc leave behind at the end. */
export const markPath = '/root/init-was-here'

const mount = 'mount -t ext2 -o ro,nosuid,nodev /dev/sr0 /mnt'

/**
 * What 2.2's vmcontext.sh and rc.local did, written anew: the same pipelines for each NIC, the same children. `ip` stands
 * in for ifconfig, whose output has changed since.
 *
 * @param script what it runs from the disc.
 */
export function renderShellWay(script: string): string {
  return `#!/bin/bash
mac2ip() {
  let a=0x$(echo $1 | cut -d: -f3)
  let b=0x$(echo $1 | cut -d: -f4)
  let c=0x$(echo $1 | cut -d: -f5)
  let d=0x$(echo $1 | cut -d: -f6)
  echo "$a.$b.$c.$d"
}
net() { echo $1 | cut -d. -f1,2,3; }
list() { ip -o link show | grep ' eth' | sed 's/^[0-9]*: \\([^@:]*\\).*link.ether \\([^ ]*\\).*/\\1-\\2/'; }
dev() { echo $1 | cut -d- -f1; }
mac() { echo $1 | cut -d- -f2; }
stanza() {
  DEV=$(dev $1); MAC=$(mac $1); IP=$(mac2ip $MAC); NET=$(net $IP)
  cat <<END
auto $DEV
iface $DEV inet static
  address $IP
  network $NET.0
  netmask 255.255.255.0
END
  [ $DEV == eth0 ] && echo "  gateway $NET.1"
  echo
}
IFACES=$(list)
for i in $IFACES; do DEV=$(dev $i); MAC=$(mac $i); IP=$(mac2ip $MAC); NET=$(net $IP); done
{
  printf 'auto lo\\niface lo inet loopback\\n\\n'
  for i in $IFACES; do stanza $i; done
} >/etc/network/interfaces
${mount}
. /mnt/${script}
umount /mnt
`
}

/** An init.sh that does by itself all that vmcontext does for this context, and then the rest. */
export const initScriptOfAll = `#!/bin/bash
. /mnt/context.sh
hostname "$HOSTNAME"
echo "$HOSTNAME" >/etc/hostname
sed -i "s/^127.0.1.1.*/127.0.1.1\\t$HOSTNAME/" /etc/hosts
useradd -m -s /bin/bash "$USERNAME"
mkdir -p "/home/$USERNAME/.ssh"
cat /mnt/id_rsa.pub >>"/home/$USERNAME/.ssh/authorized_keys"
chmod 700 "/home/$USERNAME/.ssh"
chmod 600 "/home/$USERNAME/.ssh/authorized_keys"
chown -R "$USERNAME:$USERNAME" "/home/$USERNAME"
echo "$USERNAME ALL=(ALL) NOPASSWD:ALL" >/etc/sudoers.d/90-context
chmod 440 /etc/sudoers.d/90-context
echo "$HOSTNAME $USERNAME" >>${markPath}
`

/** The rest alone. */
export const initScriptOfRest = `#!/bin/bash
. /mnt/context.sh
echo "$HOSTNAME $USERNAME" >>${markPath}
`

/** The programs without which there is no such boot, one after another; visudo because a bad rule locks sudo for all. */
export const childrenOfBoot = `#!/bin/sh
${mount}
useradd -m -s /bin/bash -p '*' ${accountName}
echo '${accountName} ALL=(ALL) NOPASSWD:ALL' >/etc/sudoers.d/trial
visudo -c -f /etc/sudoers.d/trial
bash /mnt/init.sh
umount /mnt
`

/** The same where all is as it should be and the disc has no script. */
export const childrenOfUnchangedBoot = `#!/bin/sh
${mount}
umount /mnt
`
