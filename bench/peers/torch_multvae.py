"""Seconds and loss of an epoch of Mult-VAE on ultragcn-ml-1m in PyTorch: `torch_multvae.py HIDDEN CODE BATCH EPOCHS`."""

import json
import os
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(int(os.environ.get("RECOGRAPH_THREADS", "2")))
torch.manual_seed(1)
HIDDEN, CODE, BATCH, EPOCHS = map(int, sys.argv[1:5])

rows = [
    [int(x) for x in line.split()][1:]
    for line in open(os.environ["RECOGRAPH_DATA"] + "/ultragcn-ml-1m/train.txt")
]
rows = [row for row in rows if row]
items = max(max(row) for row in rows) + 1


class MultVAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.inputs, self.to_code = nn.Linear(items, HIDDEN), nn.Linear(HIDDEN, 2 * CODE)
        self.from_code, self.outputs = nn.Linear(CODE, HIDDEN), nn.Linear(HIDDEN, items)

    def forward(self, x):
        hidden = torch.tanh(self.inputs(F.dropout(F.normalize(x), 0.5, self.training)))
        mean, log_variance = self.to_code(hidden).chunk(2, 1)
        code = mean + torch.randn_like(mean) * torch.exp(log_variance / 2)
        return self.outputs(torch.tanh(self.from_code(code))), mean, log_variance


model = MultVAE()
adam = torch.optim.Adam(model.parameters(), lr=1e-3)


def epoch():
    order = np.random.permutation(len(rows))
    total = 0.0
    for start in range(0, len(order), BATCH):
        users = order[start : start + BATCH]
        x = torch.zeros(len(users), items)
        for r, user in enumerate(users):
            x[r, rows[user]] = 1
        adam.zero_grad()
        logits, mean, log_variance = model(x)
        likelihood = -(F.log_softmax(logits, 1) * x).sum(1).mean()
        divergence = (mean.square() + log_variance.exp() - log_variance - 1).sum(1).mean() / 2
        loss = likelihood + 0.2 * divergence
        loss.backward()
        adam.step()
        total += loss.item() * len(users)
    return total / len(rows)


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
