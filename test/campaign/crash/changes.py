#!/usr/bin/python3
"""Stops a program, and all that it starts, at every system call that changes something, and counts them in one order.

    changes.py REPORT [--at N process|power|cut PID] [--watch FILE] -- PROGRAM [ARGUMENT...]

The kernel asks us before it carries such a call out (seccomp_unotify(2)). At the Nth it never does: the process that
makes the call is killed; or the guest whose first process is PID is, as a whole; or that after its file system has
lost all that is not on the disk (ext4's shutdown, which writes no log). What is before the Nth is after the one
before it, so that every moment has its number. `--watch FILE`: the paths in it are read before every call, as
somebody who looks all the time would.

REPORT gets a line of JSON for each call, then for each text seen, then one about the end.
"""

import ctypes
import errno
import fcntl
import json
import os
import platform
import select
import signal
import socket
import struct
import sys

# By name: number on x86-64, and where the paths and directories are: (directory argument or None, path argument).
CALLS = {
    'open': (2, [(None, 0)]),
    'creat': (85, [(None, 0)]),
    'openat': (257, [(0, 1)]),
    'write': (1, 0),
    'pwrite64': (18, 0),
    'writev': (20, 0),
    'pwritev': (296, 0),
    'sendfile': (40, 0),
    'copy_file_range': (326, 2),
    'truncate': (76, [(None, 0)]),
    'ftruncate': (77, 0),
    'fallocate': (285, 0),
    'fsync': (74, 0),
    'fdatasync': (75, 0),
    'rename': (82, [(None, 0), (None, 1)]),
    'renameat': (264, [(0, 1), (2, 3)]),
    'renameat2': (316, [(0, 1), (2, 3)]),
    'link': (86, [(None, 0), (None, 1)]),
    'linkat': (265, [(0, 1), (2, 3)]),
    'symlink': (88, [(None, 1)]),
    'symlinkat': (266, [(1, 2)]),
    'unlink': (87, [(None, 0)]),
    'unlinkat': (263, [(0, 1)]),
    'mkdir': (83, [(None, 0)]),
    'mkdirat': (258, [(0, 1)]),
    'rmdir': (84, [(None, 0)]),
    'mknod': (133, [(None, 0)]),
    'mknodat': (259, [(0, 1)]),
    'chmod': (90, [(None, 0)]),
    'fchmod': (91, 0),
    'fchmodat': (268, [(0, 1)]),
    'chown': (92, [(None, 0)]),
    'lchown': (94, [(None, 0)]),
    'fchown': (93, 0),
    'fchownat': (260, [(0, 1)]),
    'utimensat': (280, [(0, 1)]),
    'setxattr': (188, [(None, 0)]),
    'lsetxattr': (189, [(None, 0)]),
    'fsetxattr': (190, 0),
    'sethostname': (170, []),
    'mount': (165, [(None, 0), (None, 1)]),
    'umount2': (166, [(None, 0)]),
    'ioctl': (16, 0),
    'kill': (62, []),
    'execve': (59, [(None, 0)]),
    'exit_group': (231, []),
}
NAMES = {number: name for name, (number, _) in CALLS.items()}
OPENS = {'open': 1, 'openat': 2}  # where the flags are
CREATE_OR_TRUNCATE = os.O_CREAT | os.O_TRUNC
RENAMES = {'rename', 'renameat', 'renameat2', 'link', 'linkat'}
# Of the many requests of ioctl(2) those that change a disk, or a network card.
IOCTLS = {0x40086610, 0x40086602, 0x40046607, *range(0x8914, 0x8926)}

SHUTDOWN, WITHOUT_LOG = 0x8004587D, 2
RECEIVE, SEND = 0xC0502100, 0xC0182101
GO_ON = 1
LOSE_LISTENER_LAST = 1 << 3 | 1 << 5  # a descriptor for us; only a signal that kills interrupts a call we hold
libc = ctypes.CDLL(None, use_errno=True)


def compile_filter():
    """A BPF program that asks us about the calls above and lets all others pass (seccomp(2))."""
    load, equal, masked, give = 0x20, 0x15, 0x45, 0x06
    ask, allow = 0x7FC00000, 0x7FFF0000
    rules = [(load, 0, 0, 4), (equal, 1, 0, 0xC000003E), (give, 0, 0, allow), (load, 0, 0, 0)]
    for name, argument in OPENS.items():
        rules += [(equal, 0, 4, CALLS[name][0]), (load, 0, 0, 16 + 8 * argument)]
        rules += [(masked, 0, 1, CREATE_OR_TRUNCATE), (give, 0, 0, ask), (give, 0, 0, allow)]
    for name, (number, _) in CALLS.items():
        if name not in OPENS:
            rules += [(equal, 0, 1, number), (give, 0, 0, ask)]
    rules.append((give, 0, 0, allow))
    return b''.join(struct.pack('HBBI', *rule) for rule in rules), len(rules)


def start(argv):
    """Starts the program below the filter. Gives its number and the descriptor by which the kernel asks."""
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        try:
            code, count = compile_filter()
            text = ctypes.create_string_buffer(code, len(code))
            program = struct.pack('HxxxxxxQ', count, ctypes.addressof(text))
            listener = libc.syscall(317, 1, LOSE_LISTENER_LAST, ctypes.create_string_buffer(program))
            if listener < 0:
                raise OSError(ctypes.get_errno(), 'seccomp')
            socket.send_fds(theirs, [b'.'], [listener])
            os.close(listener)
            os.execvp(argv[0], argv)
        finally:
            os._exit(126)
    theirs.close()
    _, descriptors, _, _ = socket.recv_fds(ours, 1, 1)
    return child, descriptors[0]


class Caller:
    """The process that makes a call, as /proc shows it."""

    def __init__(self, thread):
        self.at = f'/proc/{thread}'
        with open(f'{self.at}/status') as status:
            fields = dict(line.rstrip('\n').split(':\t', 1) for line in status if ':\t' in line)
        self.program = fields['Name']
        self.process = int(fields['Tgid'])

    def text_at(self, address):
        memory = os.open(f'{self.at}/mem', os.O_RDONLY)
        try:
            # A text may end where its page does.
            head = os.pread(memory, 4096 - address % 4096, address)
            text = head if b'\0' in head else head + os.pread(memory, 4096, address + len(head))
            return text.split(b'\0', 1)[0].decode('latin1')
        finally:
            os.close(memory)

    def descriptor(self, number):
        return os.readlink(f'{self.at}/fd/{number}')

    def path(self, directory, address):
        """The path in the guest, by which a path of the call goes."""
        text = self.text_at(address)
        if text.startswith('/proc/self/fd/'):
            number, _, rest = text.removeprefix('/proc/self/fd/').partition('/')
            text = f'{self.descriptor(number)}/{rest}'
        if text.startswith('/'):
            return os.path.normpath(text)
        here = directory is None or directory & 0xFFFFFFFF == 0xFFFFFF9C
        return os.path.normpath(os.path.join(os.readlink(f'{self.at}/cwd') if here else self.descriptor(directory), text))

    def read(self, path):
        """What somebody in the guest finds at a path: the text of a file; None if there is none."""
        try:
            descriptor = os.open(f'{self.at}/root{path}', os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as error:
            # Not a file, and a reader meets no such thing as a half of it.
            return None if error.errno in (errno.ENOENT, errno.ELOOP, errno.ENOTDIR, errno.ENXIO) else ''
        with os.fdopen(descriptor, 'rb') as file:
            return file.read().decode('latin1') if os.path.isfile(f'{self.at}/root{path}') else None


def describe(caller, name, arguments):
    """What a call would change; None if it is nothing that stays."""
    places = CALLS[name][1]
    if name == 'ioctl' and arguments[1] & 0xFFFFFFFF not in IOCTLS:
        return None
    if isinstance(places, int):
        path = caller.descriptor(arguments[places] & 0xFFFFFFFF)
        isPlace = path.startswith('/') and not path.startswith('/dev/') or name == 'ioctl'
        return [path] if isPlace and '/memfd:' not in path else None
    paths = [
        caller.path(None if directory is None else arguments[directory], arguments[address])
        for directory, address in places
        if arguments[address] != 0
    ]
    if name == 'execve':
        # What is not there is looked for elsewhere in PATH.
        return paths if os.path.lexists(f'{caller.at}/root{paths[0]}') else None
    return None if paths and all(path.startswith('/dev/') for path in paths) else paths


def stop(how, caller, target):
    if how == 'process':
        os.kill(caller.process, signal.SIGKILL)
        return
    if how == 'cut':
        root = os.open(f'/proc/{target}/root/', os.O_RDONLY | os.O_DIRECTORY)
        fcntl.ioctl(root, SHUTDOWN, struct.pack('I', WITHOUT_LOG))
        os.close(root)
    os.kill(target, signal.SIGKILL)


def parse(arguments):
    end = arguments.index('--')
    options, argv = arguments[1:end], arguments[end + 1:]
    point, watched = None, []
    while options:
        if options[0] == '--at':
            point, options = (int(options[1]), options[2], int(options[3])), options[4:]
        else:
            with open(options[1]) as file:
                watched, options = file.read().splitlines(), options[2:]
    return arguments[0], point, watched, argv


def main():
    report, point, watched, argv = parse(sys.argv[1:])
    child, listener = start(argv)
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    lines, seen, count, isBegun, isStopped = [], {path: [] for path in watched}, 0, False, False
    while True:
        (_, events), = poll.poll() or [(0, 0)]
        if not events & select.POLLIN:
            break
        question = bytearray(80)
        try:
            fcntl.ioctl(listener, RECEIVE, question)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.EINTR):
                continue
            raise
        identity, thread, _, number, _, _, *arguments = struct.unpack('QIIiIQ6Q', question)
        name = NAMES[number]
        try:
            caller = Caller(thread)
            places = describe(caller, name, arguments)
            # What only leads into the guest is not of it.
            isBegun = isBegun or (name == 'execve' and places is not None and places[0].endswith('/vmcontext'))
            if isBegun and places is not None and not isStopped:
                count += 1
                line = {'n': count, 'call': name, 'program': caller.program, 'paths': places}
                if name in RENAMES:
                    line['text'] = caller.read(places[0])
                lines.append(line)
                for path, texts in seen.items():
                    text = caller.read(path)
                    if text not in texts:
                        texts.append(text)
                if point is not None and count == point[0]:
                    isStopped = True
                    stop(point[1], caller, point[2])
                    continue
        except OSError as error:
            # It was killed meanwhile, and its call with it.
            if error.errno not in (errno.ENOENT, errno.ESRCH, errno.EIO):
                raise
        try:
            fcntl.ioctl(listener, SEND, struct.pack('QqiI', identity, 0, 0, GO_ON))
        except OSError as error:
            if error.errno != errno.ENOENT:
                raise
    _, status = os.waitpid(child, 0)
    lines += [{'seen': path, 'texts': texts} for path, texts in seen.items()]
    lines.append({'end': os.waitstatus_to_exitcode(status), 'isStopped': isStopped})
    with open(report, 'w') as file:
        file.writelines(json.dumps(line) + '\n' for line in lines)


if platform.machine() != 'x86_64':
    sys.exit('changes.py knows the calls of x86-64 alone')
main()
