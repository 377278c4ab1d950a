"""implicit's ALS on ncf-ml-1m: `implicit_als.py fit FACTORS ITERATIONS` or `implicit_als.py recommend`."""

import json
import os
import sys
import time

import numpy as np
import scipy.sparse as sp
from implicit.als import AlternatingLeastSquares

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
    gain = 0.0
    count = 0
    with open(os.path.join(folder, "ml-1m.test.negative")) as lines:
        for line in lines:
            pair, *negatives = line.rstrip("\n").split("\t")
            user, positive = map(int, pair.strip("()").split(","))
            others = [n for n in map(int, negatives) if n != positive]
            x = model.user_factors[user]
            rank = int((model.item_factors[others] @ x >= model.item_factors[positive] @ x).sum())
            gain += 1 / np.log2(rank + 2) if rank < 10 else 0.0
            count += 1
    return gain / count


def train(matrix, factors, iterations):
    # The best of a small search for this protocol: confidence 10, regularization 5.
    model = AlternatingLeastSquares(
        factors=factors,
        iterations=iterations,
        regularization=5.0,
        alpha=10.0,
        use_cg=True,
        num_threads=THREADS,
        random_state=1,
    )
    started, cpu = time.perf_counter(), time.process_time()
    model.fit(matrix, show_progress=False)
    return model, time.perf_counter() - started, time.process_time() - cpu


matrix = read()
if sys.argv[1] == "fit":
    model, seconds, cpu = train(matrix, int(sys.argv[2]), int(sys.argv[3]))
    print(json.dumps({"seconds": seconds, "cpuSeconds": cpu, "ndcg@10": ndcg(model)}))
else:
    model, *_ = train(matrix, 64, 2)
    users = np.arange(matrix.shape[0])
    best = float("inf")
    for _ in range(3):
        for batch in (100, 1000, 6040):
            started = time.perf_counter()
            for begin in range(0, len(users), batch):
                part = users[begin : begin + batch]
                model.recommend(part, matrix[part], N=10, filter_already_liked_items=True)
            best = min(best, time.perf_counter() - started)
    print(json.dumps({"usersPerSecond": len(users) / best}))
