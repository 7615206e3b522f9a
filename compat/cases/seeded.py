"""A random generator that gives every Python version the same numbers.

The methods of `random` have changed between versions; this is xorshift64*.
"""

import struct

MASK = (1 << 64) - 1


class Seeded(object):
    def __init__(self, seed):
        # The state must not be zero, and near seeds shall not look alike.
        self.state = ((seed + 1) * 0x9E3779B97F4A7C15) & MASK
        for _ in range(4):
            self.bits()

    def bits(self):
        """64 random bits."""
        x = self.state
        x ^= x >> 12
        x ^= (x << 25) & MASK
        x ^= x >> 27
        self.state = x
        return (x * 0x2545F4914F6CDD1D) & MASK

    def below(self, limit):
        return (self.bits() >> 16) % limit

    def pick(self, choices):
        return choices[self.below(len(choices))]

    def finite_float(self):
        """Any finite float, each bit pattern being equally likely."""
        while True:
            pattern = self.bits()
            if (pattern >> 52) & 0x7FF != 0x7FF:
                return struct.unpack(">d", struct.pack(">Q", pattern))[0]
