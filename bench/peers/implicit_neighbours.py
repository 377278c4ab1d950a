"""implicit on ncf-ml-1m: `implicit_neighbours.py item-knn` (cosine, K = 100) or `implicit_neighbours.py bpr`."""

import json
import os
import sys
import time

import numpy as np
import scipy.sparse as sp
from implicit.bpr import BayesianPersonalizedRanking
from implicit.nearest_neighbours import CosineRecommender

folder = os.path.join(os.environ.get("RECOGRAPH_DATA", "../shared/data"), "ncf-ml-1m")
THREADS = int(os.environ.get("RECOGRAPH_THREADS", "2"))


def read():
    users, items = [], []
    with open(os.path.join(folder, "ml-1m.train.lines.txt")) as lines:
        for line in lines:
            user, *seen = map(int, line.split())
            users += [user] * len(seen)
            items += seen
    ones = np.ones(len(users), dtype=np.float32)
    return sp.csr_matrix((ones, (users, items)), shape=(6040, 3706))


def ndcg(model):
    gains = []
    with open(os.path.join(folder, "ml-1m.test.negative")) as lines:
        for line in lines:
            pair, *negatives = line.rstrip("\n").split("\t")
            user, positive = map(int, pair.strip("()").split(","))
            others = [n for n in map(int, negatives) if n != positive]
            x = model.user_factors[user]
            rank = int((model.item_factors[others] @ x >= model.item_factors[positive] @ x).sum())
            gains.append(1 / np.log2(rank + 2) if rank < 10 else 0.0)
    return sum(gains) / len(gains)


matrix = read()
if sys.argv[1] == "item-knn":
    model = CosineRecommender(K=100, num_threads=THREADS)
else:
    model = BayesianPersonalizedRanking(
        factors=64, iterations=int(sys.argv[2]) if len(sys.argv) > 2 else 50, num_threads=THREADS, random_state=1
    )
started = time.perf_counter()
model.fit(matrix, show_progress=False)
result = {"seconds": time.perf_counter() - started}
if sys.argv[1] == "bpr":
    result["ndcg@10"] = ndcg(model)
print(json.dumps(result))
