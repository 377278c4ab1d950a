"""A factorization machine of order 2 on frappe in PyTorch: AUC on valid.csv.

    torch_fm_frappe.py bars   L2 .05 / 2 on the whole tables each step, Adam 1e-3, batches of 4096, until it stops improving
    torch_fm_frappe.py ours   L2 .003 on the rows of each example, Adam .01, batches of 1024, 13 epochs
"""
import json
import os
import sys

import numpy as np
import torch

torch.set_num_threads(int(os.environ.get("RECOGRAPH_THREADS", "2")))
torch.manual_seed(1)
root = os.path.join(os.environ["RECOGRAPH_DATA"], "frappe")
bars = sys.argv[1] == "bars"
batch, rate, epochs, deviation = (4096, 1e-3, 100, 1e-4) if bars else (1024, 0.01, 13, 0.05)


def read(name):
    rows = np.loadtxt(os.path.join(root, name), delimiter=",", skiprows=1, dtype=np.int64)
    return rows[:, 1:], rows[:, 0].astype(np.float32)


def auc(labels, scores):
    order = np.argsort(scores, kind="stable")
    _, first, counts = np.unique(scores[order], return_index=True, return_counts=True)
    ranks = np.empty(len(scores))
    ranks[order] = np.repeat(first + (counts + 1) / 2, counts)
    positives = labels == 1
    n = positives.sum()
    return (ranks[positives].sum() - n * (n + 1) / 2) / (n * (len(labels) - n))


(x, y), (held_x, held_y) = read("train.csv"), read("valid.csv")
sizes = np.maximum(x.max(0), held_x.max(0)) + 1
offsets = np.concatenate([[0], np.cumsum(sizes)[:-1]])
x, held_x = torch.from_numpy(x + offsets), torch.from_numpy(held_x + offsets)
y = torch.from_numpy(y)
vectors = torch.nn.Embedding(int(sizes.sum()), 10)
weights = torch.nn.Embedding(int(sizes.sum()), 1)
torch.nn.init.normal_(vectors.weight, std=deviation)
torch.nn.init.normal_(weights.weight, std=deviation if bars else 1e-9)
bias = torch.nn.Parameter(torch.logit(y.mean()))
parameters = [vectors.weight, weights.weight, bias]
optimizer = torch.optim.Adam(parameters, lr=rate)


def score(rows):
    v, w = vectors(rows), weights(rows)
    pairs = 0.5 * ((v.sum(1) ** 2) - (v**2).sum(1)).sum(1)
    return bias + w.sum((1, 2)) + pairs, v, w


# Early stopping and the falling rate of "bars" look at a tenth of train.csv, never at valid.csv.
order = torch.randperm(len(x), generator=torch.Generator().manual_seed(7))
tenth = len(x) // 10 if bars else 0
check, learn = order[:tenth], order[tenth:]
best, best_auc, stale = None, 0.0, 0
for epoch in range(epochs):
    for rows in learn[torch.randperm(len(learn))].split(batch):
        logits, v, w = score(x[rows])
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, y[rows])
        if bars:
            loss = loss + 0.05 / 2 * ((vectors.weight**2).sum() + (weights.weight**2).sum())
        else:
            loss = loss + 0.003 * ((v**2).sum() + (w**2).sum()) / len(rows)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if bars:
        with torch.no_grad():
            now = auc(y[check].numpy(), score(x[check])[0].numpy())
        if now > best_auc + 1e-6:
            best, best_auc, stale = [p.detach().clone() for p in parameters], now, 0
        else:
            stale += 1
            for group in optimizer.param_groups:
                group["lr"] *= 0.1
            if stale == 2:
                break
with torch.no_grad():
    if best:
        for p, value in zip(parameters, best):
            p.copy_(value)
    print(json.dumps({"auc": float(auc(held_y, score(held_x)[0].numpy())), "epochs": epoch + 1}))
