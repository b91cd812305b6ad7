"""
Takes from this process what a hardened unit of systemd takes, and becomes a program: `WHAT[,WHAT...] PROGRAM [ARG...]`.
Filters of system calls are made as systemd makes them. Source: its src/shared/seccomp-util.c, version 252.
"""

import ctypes
import errno
import os
import platform
import struct
import sys

# The numbers of system calls on x64 and arm64, 0 where there is none. Source: the kernel's tables (6.12).
CALLS = {
    "mmap": (9, 222), "mprotect": (10, 226), "shmat": (30, 196), "socket": (41, 198),
    "pkey_mprotect": (329, 288), "pkey_alloc": (330, 289), "pkey_free": (331, 290),
    # What `@system-service` leaves out, less `@pkey` and what only other processors have.
    "acct": (163, 89), "adjtimex": (159, 171), "bpf": (321, 280), "chroot": (161, 51), "clock_adjtime": (305, 266),
    "clock_settime": (227, 112), "delete_module": (176, 106), "fanotify_init": (300, 262), "fanotify_mark": (301, 263),
    "finit_module": (313, 273), "fsconfig": (431, 431), "fsmount": (432, 432), "fsopen": (430, 430),
    "fspick": (433, 433), "init_module": (175, 105), "ioperm": (173, 0), "iopl": (172, 0), "kexec_file_load": (320, 294),
    "kexec_load": (246, 104), "landlock_add_rule": (445, 445), "landlock_create_ruleset": (444, 444),
    "landlock_restrict_self": (446, 446), "lookup_dcookie": (212, 18), "memfd_secret": (447, 447), "mincore": (27, 232),
    "modify_ldt": (154, 0), "mount": (165, 40), "mount_setattr": (442, 442), "move_mount": (429, 429),
    "open_by_handle_at": (304, 265), "open_tree": (428, 428), "perf_event_open": (298, 241), "pidfd_getfd": (438, 438),
    "pivot_root": (155, 41), "process_mrelease": (448, 448), "ptrace": (101, 117), "quotactl": (179, 60),
    "quotactl_fd": (443, 443), "reboot": (169, 142), "seccomp": (317, 277), "setdomainname": (171, 162),
    "sethostname": (170, 161), "settimeofday": (164, 170), "swapoff": (168, 225), "swapon": (167, 224),
    "sysfs": (139, 0), "syslog": (103, 116), "umount2": (166, 39), "uselib": (134, 0), "ustat": (136, 0),
    "vhangup": (153, 58),
    # What other settings take.
    "personality": (135, 92), "sched_setattr": (314, 274), "sched_setscheduler": (144, 119), "setns": (308, 268),
    "unshare": (272, 97),
}
PKEY = ("pkey_mprotect", "pkey_alloc", "pkey_free")
USED = ("mmap", "mprotect", "shmat", "socket")
OTHERS = ("personality", "sched_setattr", "sched_setscheduler", "setns", "unshare")

AUDIT_ARCH, PLACE = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}[platform.machine()]

# The offsets of a call's number, its architecture and (the lower half of) its arguments.
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16
LOAD, EQUAL, ANY_BIT, AND, RETURN = 0x20, 0x15, 0x45, 0x54, 0x06
ALLOW, KILL_PROCESS, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000
PROT_WRITE, PROT_EXEC, SHM_EXEC = 2, 4, 0o100000

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, PR_SET_MDWE = 38, 22, 65
SECCOMP_MODE_FILTER, MDWE_REFUSE_EXEC_GAIN = 2, 1

libc = ctypes.CDLL(None, use_errno=True)


def prctl(option, *arguments):
    numbers = [ctypes.c_ulong(number) for number in arguments] + [ctypes.c_ulong(0)] * (4 - len(arguments))
    if libc.prctl(option, *numbers) != 0:
        code = ctypes.get_errno()
        sys.exit("prctl %d: %s" % (option, os.strerror(code)))


def when(call, condition, result):
    """The instructions that give a result to a call where the condition, which leaves 1 or 0 instructions, holds."""
    number = CALLS[call][PLACE]
    if number == 0 and call not in USED:
        return []
    body = condition + [(RETURN, 0, 0, result)]
    return [(LOAD, 0, 0, NUMBER), (EQUAL, 0, len(body), number)] + body


def has_all(argument, bits):
    return [(LOAD, 0, 0, ARGUMENTS + 8 * argument), (AND, 0, 0, bits), (EQUAL, 0, 1, bits)]


def install(instructions):
    """Lets the kernel ask these instructions about each call; what they say nothing of is allowed."""
    program = [(LOAD, 0, 0, ARCHITECTURE), (EQUAL, 1, 0, AUDIT_ARCH), (RETURN, 0, 0, KILL_PROCESS)]
    program += instructions + [(RETURN, 0, 0, ALLOW)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *each) for each in program))
    header = ctypes.create_string_buffer(struct.pack("HP", len(program), ctypes.addressof(code)))
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(header))


def memory_deny_write_execute():
    """By the kernel, from 6.3 on."""
    prctl(PR_SET_MDWE, MDWE_REFUSE_EXEC_GAIN)


def memory_deny_write_execute_by_filter():
    """On kernels before that, and for what asks by a number of its own."""
    refuse = REFUSE | errno.EPERM
    install(
        when("mmap", has_all(2, PROT_EXEC | PROT_WRITE), refuse)
        + when("mprotect", has_all(2, PROT_EXEC), refuse)
        + when("pkey_mprotect", has_all(2, PROT_EXEC), refuse)
        + when("shmat", has_all(2, SHM_EXEC), refuse)
    )


def system_service():
    """`SystemCallFilter=@system-service @pkey`"""
    install(sum((when(call, [], KILL_PROCESS) for call in CALLS if call not in PKEY + USED + OTHERS), []))


def no_pkey():
    """`SystemCallFilter=@system-service`"""
    install(sum((when(call, [], KILL_PROCESS) for call in PKEY), []))


def no_pkey_refused():
    """The same with `SystemCallErrorNumber=EPERM`."""
    install(sum((when(call, [], REFUSE | errno.EPERM) for call in PKEY), []))


def restrict_address_families():
    """`RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX`"""
    families = (1, 2, 10)
    block = [(LOAD, 0, 0, ARGUMENTS)]
    block += [(EQUAL, len(families) - index, 0, family) for index, family in enumerate(families)]
    block += [(RETURN, 0, 0, REFUSE | errno.EAFNOSUPPORT)]
    install([(LOAD, 0, 0, NUMBER), (EQUAL, 0, len(block), CALLS["socket"][PLACE])] + block)


def lock_personality_scheduler_namespaces():
    """`LockPersonality`, `RestrictRealtime` and `RestrictNamespaces`, killed where systemd only refuses."""
    install(sum((when(call, [], KILL_PROCESS) for call in OTHERS), []))


if __name__ == "__main__":
    for name in sys.argv[1].split(","):
        globals()[name]()
    os.execv(sys.argv[2], sys.argv[2:])
