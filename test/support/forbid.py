"""forbid.py NUMBER,... PROGRAM...: runs a program to which these system calls (by number) are forbidden, as a container's
seccomp profile does it: EPERM."""
import ctypes
import os
import struct
import sys

LOAD, JUMP_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050001
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, MODE_FILTER = 38, 22, 2


def instruction(code, value, if_true=0, if_false=0):
    return struct.pack("HBBI", code, if_true, if_false, value)


numbers = [int(number) for number in sys.argv[1].split(",")]
rules = [instruction(JUMP_EQUAL, number, len(numbers) - i, 0) for i, number in enumerate(numbers)]
program = b"".join([instruction(LOAD, 0), *rules, instruction(RETURN, ALLOW), instruction(RETURN, REFUSE)])


class Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


libc = ctypes.CDLL(None, use_errno=True)
libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
if libc.prctl(PR_SET_SECCOMP, MODE_FILTER, ctypes.byref(Filter(len(program) // 8, program)), 0, 0) != 0:
    sys.exit("seccomp is not allowed here")
os.execvp(sys.argv[2], sys.argv[2:])
