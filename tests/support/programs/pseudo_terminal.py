"""Runs one program on a pseudo-terminal, types on it, and prints as JSON what came of it.

The argument is JSON: "argv", "cwd", "env", "before" (typed before the program starts), "nonblocking", "borrowed" (the
terminal isn't the program's own, so that it gets no signals from it), "without" (modes that the terminal is without:
{"lflag": ["ECHO"]}) and "steps", done in order:

["until", TEXT]   wait until the screen shows the text, after what the last such step found
["wait", SECONDS]
["type", TEXT]
["signal", NUMBER]
["close"]         close the terminal
["same"]          note whether the modes are as before
"""

import fcntl
import json
import os
import select
import signal
import struct
import sys
import termios
import time

LONGEST = 20


class Terminal:
    def __init__(self, task):
        self.screen = b""
        self.seen = 0
        self.same = []
        self.master, self.slave = os.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 80, 0, 0))
        modes = termios.tcgetattr(self.slave)
        for place, group in enumerate(("iflag", "oflag", "cflag", "lflag")):
            for name in task.get("without", {}).get(group, ()):
                modes[place] &= ~getattr(termios, name)
        termios.tcsetattr(self.slave, termios.TCSANOW, modes)
        self.modes = termios.tcgetattr(self.slave)
        self.type(task.get("before", ""))
        if task.get("nonblocking"):
            fcntl.fcntl(self.slave, fcntl.F_SETFL, fcntl.fcntl(self.slave, fcntl.F_GETFL) | os.O_NONBLOCK)

    def type(self, text):
        os.write(self.master, text.encode())

    def is_as_before(self):
        return termios.tcgetattr(self.slave) == self.modes

    def look(self, seconds):
        """Takes what is shown within that time; returns whether there was anything."""
        if self.master < 0 or not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            self.screen += os.read(self.master, 65536)
        except OSError:
            return False
        return True

    def until(self, text):
        end = time.monotonic() + LONGEST
        while (at := self.screen.find(text.encode(), self.seen)) < 0:
            if time.monotonic() > end:
                raise SystemExit("The screen still shows: %r" % self.screen)
            self.look(0.05)
        self.seen = at + len(text.encode())


def start(task, terminal, out):
    child = os.fork()
    if child != 0:
        return child
    os.setsid()
    if not task.get("borrowed"):
        fcntl.ioctl(terminal.slave, termios.TIOCSCTTY, 0)
    for number, target in enumerate((terminal.slave, out, terminal.slave)):
        os.dup2(target, number)
    os.closerange(3, 64)
    os.chdir(task["cwd"])
    os.execvpe(task["argv"][0], task["argv"], task["env"])


def do(step, terminal, child):
    name, *rest = step
    if name == "until":
        terminal.until(*rest)
    elif name == "wait":
        end = time.monotonic() + rest[0]
        while (left := end - time.monotonic()) > 0:
            terminal.look(left)
    elif name == "type":
        terminal.type(*rest)
    elif name == "signal":
        os.kill(child, rest[0])
    elif name == "same":
        terminal.same.append(terminal.is_as_before())
    elif name == "close":
        os.close(terminal.master)
        terminal.master = -1


def await_end(terminal, child):
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended != 0:
            return status
        if not terminal.look(0.02):
            time.sleep(0.02)
    raise SystemExit("It did not end; the screen shows: %r" % terminal.screen)


def main():
    task = json.loads(sys.argv[1])
    terminal = Terminal(task)
    reading, writing = os.pipe()
    child = start(task, terminal, writing)
    os.close(writing)
    status = None
    try:
        for step in task["steps"]:
            do(step, terminal, child)
        status = await_end(terminal, child)
    finally:
        if status is None:
            os.kill(child, signal.SIGKILL)
    while terminal.look(0):
        pass
    if terminal.master >= 0:
        terminal.same.append(terminal.is_as_before())
    result = {
        "code": os.waitstatus_to_exitcode(status),
        "out": os.read(reading, 65536).decode(),
        "screen": terminal.screen.decode().replace("\r\n", "\n"),
        "same": all(terminal.same),
    }
    print(json.dumps(result))


main()
