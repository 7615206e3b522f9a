"""What Python 2 left behind: writes customers.pkl, for docs/rescue.md.

    python2.7 make.py
"""

import datetime
import pickle
import sys
import types

shop = types.ModuleType("shop")
sys.modules["shop"] = shop


class Address:
    """Old-style, as classes without a base were."""

    def __init__(self, street, city):
        self.street = street
        self.city = city


class Customer(object):
    def __init__(self, name, address, since, number, token):
        self.name = name
        self.address = address
        self.since = since
        self.number = number
        self.token = token


for made in (Address, Customer):
    made.__module__ = "shop"
    setattr(shop, made.__name__, made)

# The names were typed into a form in latin-1, the addresses came from a file in UTF-8, and the tokens are bytes.
rene = Customer("Ren\xe9 M\xfcller", Address("L\xc3\xbctticher Str. 4", "K\xc3\xb6ln"),
                datetime.datetime(2009, 2, 13, 23, 31, 30), 12345678901234567890L, "\x00\xff\x8a\x1f")
ann = Customer("Ann", rene.address, datetime.datetime(2012, 12, 31), 7L, "\x01\xe2\x82")
with open("customers.pkl", "wb") as file:
    pickle.dump({"customers": [rene, ann], "by name": {"Ann": ann}}, file, 2)
