"""What CPython makes of customers.pkl: writes customers.5.pkl, which the rescued pickle must equal byte for byte.

    python3.13 judge.py

CPython has one encoding for all strings, so the others are put right afterwards, each in its place.
"""

import pickle
import sys
import types

shop = types.ModuleType("app.shop")
sys.modules["app"] = types.ModuleType("app")
sys.modules["app.shop"] = shop
for name in ("Address", "Customer"):
    setattr(shop, name, type(name, (), {"__module__": "app.shop"}))


class Unpickler(pickle.Unpickler):
    def find_class(self, module, name):
        return super().find_class("app.shop" if module == "shop" else module, name)


with open("customers.pkl", "rb") as file:
    loaded = Unpickler(file, encoding="latin1").load()
address = loaded["customers"][0].address
assert all(customer.address is address for customer in loaded["customers"])
for name in ("street", "city"):
    setattr(address, name, getattr(address, name).encode("latin1").decode("utf-8"))
for customer in loaded["customers"]:
    customer.token = customer.token.encode("latin1")
with open("customers.5.pkl", "wb") as file:
    pickle.dump(loaded, file, 5)
