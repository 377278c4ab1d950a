"""
Seconds and loss of an epoch of LightGCN with sampled softmax on gowalla in PyTorch, the loss grouped by user as ours
is: `torch_lightgcn.py LAYERS USERS_A_STEP NEGATIVES EPOCHS`.
"""

import json
import os
import sys
import time

import numpy as np
import torch
from torch.nn import functional as F

torch.set_num_threads(int(os.environ.get("RECOGRAPH_THREADS", "2")))
torch.manual_seed(1)
LAYERS, BATCH, NEGATIVES, EPOCHS = map(int, sys.argv[1:5])
WIDTH, TEMPERATURE = 64, 0.15

lines = [
    [int(x) for x in line.split()]
    for line in open(os.environ["RECOGRAPH_DATA"] + "/gowalla/train.txt")
]
positives = {line[0]: np.array(line[1:]) for line in lines if len(line) > 1}
users = max(positives) + 1
items = max(int(row.max()) for row in positives.values()) + 1
u = np.concatenate([np.full(len(row), user) for user, row in positives.items()])
i = np.concatenate(list(positives.values()))
degree_u, degree_i = np.bincount(u, minlength=users), np.bincount(i, minlength=items)
weights = 1 / np.sqrt(degree_u[u] * degree_i[i])
graph = torch.sparse_coo_tensor(
    torch.tensor(np.stack([np.concatenate([u, i + users]), np.concatenate([i + users, u])])),
    torch.tensor(np.concatenate([weights, weights]), dtype=torch.float32),
    (users + items, users + items),
).to_sparse_csr()
table = torch.nn.Parameter(torch.randn(users + items, WIDTH) * 0.1)
adam = torch.optim.Adam([table], lr=0.02)
known = np.array(sorted(positives))


class Multiply(torch.autograd.Function):
    """A x; the graph is symmetric, so that the gradient is the same product."""

    @staticmethod
    def forward(_, x):
        return graph @ x

    @staticmethod
    def backward(_, gradient):
        return graph @ gradient.contiguous()


def epoch():
    order = np.random.permutation(known)
    total = count = 0
    for start in range(0, len(order), BATCH):
        batch = order[start : start + BATCH]
        x, layers = table, table
        for _ in range(LAYERS):
            x = Multiply.apply(x)
            layers = layers + x
        final = layers / (LAYERS + 1)
        targets = np.concatenate([positives[user] for user in batch])
        owners = torch.tensor(np.repeat(np.arange(len(batch)), [len(positives[user]) for user in batch]))
        others = torch.tensor(np.random.choice(items, NEGATIVES, replace=False))
        own = F.normalize(final[torch.tensor(batch)]) / TEMPERATURE
        exponentials = torch.exp(own @ F.normalize(final[others + users]).T).sum(1)
        logits = (own[owners] * F.normalize(final[torch.tensor(targets) + users])).sum(1)
        loss = (torch.log(torch.exp(logits) + exponentials[owners]) - logits).mean()
        adam.zero_grad()
        loss.backward()
        adam.step()
        total += loss.item() * len(batch)
        count += len(batch)
    return total / count


epoch()
started, cpu = time.perf_counter(), time.process_time()
for _ in range(EPOCHS):
    loss = epoch()
print(
    json.dumps(
        {
            "seconds": (time.perf_counter() - started) / EPOCHS,
            "cpuSeconds": (time.process_time() - cpu) / EPOCHS,
            "loss": loss,
        }
    )
)
