"""Seeded families of contraction networks: random 3-regular graphs, trees, lattices, chains, hyperedges."""
import random


def _network(count, edges, rng, extents=(2, 3)):
    """edges: lists of tensors that share an index."""
    inputs = [[] for _ in range(count)]
    sizes = {}
    for number, holders in enumerate(edges):
        name = f"i{number}"
        sizes[name] = rng.choice(extents)
        for tensor in holders:
            inputs[tensor].append(name)
    return {"inputs": inputs, "output": [], "size_dict": sizes}


def regular(count, rng):
    ends = [tensor for tensor in range(count) for _ in range(3)]
    rng.shuffle(ends)
    pairs = zip(ends[::2], ends[1::2])
    return _network(count, [pair for pair in pairs if pair[0] != pair[1]], rng)


def tree(count, rng):
    return _network(count, [(rng.randrange(tensor), tensor) for tensor in range(1, count)], rng)


def lattice(count, rng):
    side = max(1, round(count**0.5))
    edges = []
    for row in range(side):
        for column in range(side):
            here = row * side + column
            if column + 1 < side:
                edges.append((here, here + 1))
            if row + 1 < side:
                edges.append((here, here + side))
    return _network(side * side, edges, rng, (2,))


def chain(count, rng):
    return _network(count, [(tensor, tensor + 1) for tensor in range(count - 1)], rng, (2, 3, 4, 8))


def hyper(count, rng):
    """Each tensor has three indices, an index is held by two to four tensors."""
    ends = [tensor for tensor in range(count) for _ in range(3)]
    rng.shuffle(ends)
    edges = []
    while ends:
        take = min(len(ends), rng.randint(2, 4))
        edges.append(sorted(set(ends[-take:])))
        del ends[-take:]
    return _network(count, edges, rng)


FAMILIES = {"regular": regular, "tree": tree, "lattice": lattice, "chain": chain, "hyper": hyper}


def make(family, count, seed):
    return FAMILIES[family](count, random.Random(f"{family}/{count}/{seed}"))
