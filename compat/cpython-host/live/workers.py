"""Runs cases in a forked process: one that crashes or hangs costs one case, and is known."""

import json
import mmap
import os
import resource
import select
import signal
import struct
import sys
import tempfile
import time
import traceback

from .cases import PHASES

# A pickle may claim any length: beyond this, memory is refused.
MEMORY = 3 << 30
STATE = struct.Struct("<qq")
# A worker that does nothing is waited for so many times as long as one that is at work: a busy machine lets it wait, too.
PATIENCE = 10


class Worker:
    """A child that runs the cases from `start` on, and says which one it is at."""

    def __init__(self, part, numbers, report):
        self.shared = mmap.mmap(-1, STATE.size)
        self.place(numbers[0], 0)
        self.pipe, output = os.pipe()
        # What it says on standard error: of interest only when it crashed.
        self.errors = tempfile.TemporaryFile()
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid:
            os.close(output)
            return
        os.close(self.pipe)
        os.dup2(self.errors.fileno(), 2)
        status = 1
        try:
            self.work(part, numbers, report, os.fdopen(output, "w"))
            status = 0
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(status)

    def place(self, number, phase):
        STATE.pack_into(self.shared, 0, number, phase)

    def at(self):
        number, phase = STATE.unpack_from(self.shared, 0)
        return number, PHASES[phase]

    def work(self, part, numbers, report, output):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        current = [numbers[0]]
        part.enter = lambda phase: self.place(current[0], PHASES.index(phase))
        for number in numbers:
            current[0] = number
            for difference in part.run(number):
                output.write(json.dumps(report(number, difference)) + "\n")
                output.flush()
        output.write(json.dumps({"counts": part.counts}) + "\n")
        output.flush()

    def seconds(self):
        """The processor time that it has taken so far; none where the system does not tell."""
        try:
            with open(f"/proc/{self.pid}/stat", encoding="ascii", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            return None
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def last_words(self):
        """The end of what it said on standard error."""
        self.errors.seek(0)
        return self.errors.read().decode("utf-8", "replace")[-1000:].strip()

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)

    def wait(self):
        """How it ended: nothing if it ended well."""
        _, status = os.waitpid(self.pid, 0)
        os.close(self.pipe)
        if os.WIFSIGNALED(status):
            return f"signal {signal.Signals(os.WTERMSIG(status)).name}"
        code = os.WEXITSTATUS(status)
        return f"status {code}" if code else ""


def run(part, start, count, report, timeout, batch=2000):
    """Runs `count` cases; yields what the workers say, and a line for each that crashed or hung."""
    number = start
    end = start + count
    while number < end:
        worker = Worker(part, range(number, min(number + batch, end)), report)
        hung = False
        for message in messages(worker, timeout):
            if message is None:
                hung = True
                worker.kill()
                break
            yield message
        ended = worker.wait()
        if not ended:
            number = min(number + batch, end)
        else:
            at, phase = worker.at()
            ended = f"no answer in {timeout:g} s" if hung else ended
            yield {"crash": ended, "case": at, "phase": phase, "ours": worker.last_words()}
            number = at + 1
        yield {"done": number - start}


class Watch:
    """How long a worker has been at one place."""

    def __init__(self, worker):
        self.worker = worker
        self.start()

    def start(self):
        self.place = self.worker.at()
        self.clock = time.monotonic()
        self.seconds = self.worker.seconds()

    def is_over(self, timeout):
        """True once it has been there for too long, by processor time; by the clock where that is not told."""
        if self.worker.at() != self.place:
            self.start()
        waited = time.monotonic() - self.clock
        if self.seconds is None:
            return waited > timeout
        worked = (self.worker.seconds() or self.seconds) - self.seconds
        return worked > timeout or waited > PATIENCE * timeout


def messages(worker, timeout):
    """What a worker says until it ends; None once it has been at one place for too long."""
    buffer = b""
    watch = Watch(worker)
    while True:
        ready, _, _ = select.select([worker.pipe], [], [], 1.0)
        if ready:
            chunk = os.read(worker.pipe, 1 << 16)
            if not chunk:
                return
            buffer += chunk
            *lines, buffer = buffer.split(b"\n")
            for line in lines:
                yield json.loads(line)
        if watch.is_over(timeout):
            yield None
            return
