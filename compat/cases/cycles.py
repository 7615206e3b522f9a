"""Objects that contain themselves.

A tuple is memoized after its items, so a tuple in a cycle is written twice:
when the inner writing ends, the outer one finds the tuple in the memo, throws
its items away (POP each, or POP_MARK) and fetches it.  Sets need hashable
items and cannot take part with built-in types only.
"""

from .fresh import case, text


def cases():
    yield case("list in itself", list_in_itself, 1)
    yield case("list in itself, three times", list_in_itself, 3)
    yield case("list in itself, among others", list_among_others)
    yield case("list in itself, past a batch", list_past_a_batch)
    yield case("dict in itself", dict_in_itself, 1)
    yield case("dict in itself, three times", dict_in_itself, 3)
    yield case("dict in its list", lambda: through_dict(lambda d: [d, 1, d]))
    for size in (1, 2, 3, 4, 5, 100):
        yield case("tuple of %d through its list" % size, through_list, size, "tuple")
        yield case("list through its tuple of %d" % size, through_list, size, "list")
        yield case("tuple of %d through its list, twice" % size, through_list, size, "both")
        yield case("tuple of %d through its dict" % size, tuple_and_dict, size, "tuple")
        yield case("dict through its tuple of %d" % size, tuple_and_dict, size, "dict")
    for size in (2, 3, 4):
        yield case("tuple of %d, each a list of it" % size, tuple_of_lists, size)
        yield case("tuple of %d, the cycle at the end" % size, cycle_at_the_end, size)
        yield case("tuple of %d through two tuples" % size, through_tuples, size)
    yield case("two lists", lambda: ring([list_link] * 2))
    yield case("two dicts", lambda: ring([dict_link] * 2))
    yield case("list and dict", lambda: ring([list_link, dict_link]))
    yield case("dict and list", lambda: ring([dict_link, list_link]))
    for size in (3, 10, 100):
        yield case("ring of %d lists" % size, lambda n: ring([list_link] * n), size)
        yield case("ring of %d dicts" % size, lambda n: ring([dict_link] * n), size)
        yield case("ring of %d by turns" % size,
                   lambda n: ring([(list_link, dict_link)[k % 2] for k in range(n)]), size)
    yield case("doubly linked list", doubly_linked, 20)
    yield case("tree with parents", tree, None, 3)
    yield case("complete graph", complete_graph, 6)
    yield case("two cycles sharing a list", two_cycles)
    yield case("list through a slice", list_through_slice)
    yield case("dict through a slice in a tuple", lambda: through_dict(lambda d: (slice(d, 1), d)))
    yield case("cycle beside equal twins", lambda: [list_in_itself(1), list_in_itself(1), [[]]])


def list_in_itself(times):
    value = []
    value.extend([value] * times)
    return value


def list_among_others():
    value = [1, text("before")]
    value += [value, text("after"), [value]]
    return value


def list_past_a_batch():
    value = list(range(1000))
    value.append(value)
    value += [1, value]
    return value


def dict_in_itself(times):
    value = {}
    for n in range(times):
        value[text("self %d" % n)] = value
    return value


def through_dict(wrap):
    value = {text("before"): 1}
    value[text("cycle")] = wrap(value)
    value[text("after")] = 2
    return value


def through_list(size, root):
    inner = []
    value = (inner,) + tuple(range(1, size))
    inner.append(value)
    return {"tuple": value, "list": inner, "both": [value, value, inner]}[root]


def tuple_and_dict(size, root):
    inner = {}
    value = tuple(range(1, size)) + (inner,)
    inner[text("up")] = value
    return {"tuple": value, "dict": inner}[root]


def tuple_of_lists(size):
    inner = [[] for _ in range(size)]
    value = tuple(inner)
    for item in inner:
        item.append(value)
    return value


def cycle_at_the_end(size):
    inner = []
    value = tuple(text("item %d" % n) for n in range(size - 1)) + (inner,)
    inner += [value, value[0], value]
    return value


def through_tuples(size):
    inner = []
    value = ((inner, 1), (2, inner)) + tuple([None] * (size - 2))
    inner += [value, value[0], value[1]]
    return value


def list_link(value, target):
    value.append(target)


def dict_link(value, target):
    value[text("next")] = target


def ring(links):
    values = [[] if link is list_link else {} for link in links]
    for position, link in enumerate(links):
        link(values[position], values[(position + 1) % len(values)])
    return values[0]


def doubly_linked(size):
    nodes = [{text("n"): n} for n in range(size)]
    for left, right in zip(nodes, nodes[1:]):
        left[text("next")] = right
        right[text("previous")] = left
    return nodes[0]


def tree(parent, depth):
    node = {text("parent"): parent, text("depth"): depth}
    if depth:
        node[text("children")] = [tree(node, depth - 1) for _ in range(2)]
    return node


def complete_graph(size):
    nodes = [[] for _ in range(size)]
    for node in nodes:
        node.extend(nodes)
    return nodes


def two_cycles():
    middle = []
    left, right = [1, middle], {text("right"): middle}
    middle += [left, right]
    return (left, right)


def list_through_slice():
    value = []
    value.append(slice(value, None, value))
    return value
