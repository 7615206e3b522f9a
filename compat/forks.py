"""Run functions in child processes that start from a clean slate.

The parent imports all modules and then forks: it never builds a case and
never loads a pickle, so every child begins with the same interned strings and
the same singletons.  Answers are lists of byte strings; they come back through
pipes in a framing of our own, because pickle or marshal would build objects
on the way.
"""

import os
import select
import struct
import sys
import traceback

NUMBER = struct.Struct(">Q")
CHUNK = 1 << 20


def run(function, *args):
    """The parts that function(*args) returns in a child process."""
    pid, pipe = start(lambda out: write_all(out, encode(function(*args))))
    message = bytearray()
    while True:
        chunk = os.read(pipe, CHUNK)
        if not chunk:
            break
        message += chunk
    os.close(pipe)
    finish(pid)
    parts, size = decode(message)
    assert size == len(message)
    return parts


def in_order(task, count, jobs):
    """Yield (index, task(index)) for each index below count, in order.

    `jobs` workers share the work, each a fork of this process.  A worker takes
    its next index from a pipe that holds them all from the start.
    """
    tickets, tickets_in = os.pipe()
    # Small enough for the pipe's buffer, so this cannot block: nobody reads yet.
    assert count * NUMBER.size < 65536
    write_all(tickets_in, b"".join(NUMBER.pack(index) for index in range(count)))
    os.close(tickets_in)

    def work(out):
        while True:
            ticket = os.read(tickets, NUMBER.size)
            if not ticket:
                break
            index, = NUMBER.unpack(ticket)
            write_all(out, encode([ticket] + task(index)))

    workers = {}
    for _ in range(max(1, jobs)):
        pid, pipe = start(work)
        workers[pipe] = (pid, bytearray())
    os.close(tickets)

    finished, following = {}, 0
    while workers:
        ready, _, _ = select.select(list(workers), [], [])
        for pipe in ready:
            pid, pending = workers[pipe]
            chunk = os.read(pipe, CHUNK)
            if not chunk:
                os.close(pipe)
                del workers[pipe]
                finish(pid)
                continue
            pending += chunk
            while True:
                message = decode(pending)
                if message is None:
                    break
                parts, size = message
                del pending[:size]
                finished[NUMBER.unpack(parts[0])[0]] = parts[1:]
        while following in finished:
            yield following, finished.pop(following)
            following += 1
    assert following == count, "a worker ended early"


def start(function):
    """Fork; the child calls function(pipe) and exits, the parent gets the other end."""
    sys.stderr.flush()
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    status = 1
    try:
        os.close(reading)
        function(writing)
        status = 0
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        # Neither the parent's clean-up nor its buffers are the child's to flush.
        os._exit(status)


def finish(pid):
    _, status = os.waitpid(pid, 0)
    if status:
        raise RuntimeError("a child process ended with wait status %d" % status)


def write_all(pipe, data):
    view = memoryview(data)
    while view:
        view = view[os.write(pipe, view):]


def encode(parts):
    """The total size, then each part behind its length."""
    body = b"".join(NUMBER.pack(len(part)) + part for part in parts)
    return NUMBER.pack(len(body)) + body


def decode(buffer):
    """(parts, size taken from the buffer), or None while it is incomplete."""
    if len(buffer) < NUMBER.size:
        return None
    end = NUMBER.size + NUMBER.unpack_from(buffer, 0)[0]
    if len(buffer) < end:
        return None
    parts, at = [], NUMBER.size
    while at < end:
        length, = NUMBER.unpack_from(buffer, at)
        at += NUMBER.size
        parts.append(bytes(buffer[at:at + length]))
        at += length
    return parts, end
