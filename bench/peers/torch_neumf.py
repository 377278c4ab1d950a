"""Milliseconds of one NeuMF step in PyTorch with dense Adam: `torch_neumf.py STEPS`. Shapes as in bench/neumf/shape.ts."""

import json
import os
import sys
import time

import torch
from torch import nn

USERS, ITEMS, WIDTH, BATCH = 6040, 3700, 64, 4096
torch.set_num_threads(int(os.environ.get("RECOGRAPH_THREADS", "2")))
torch.manual_seed(1)


class NeuMF(nn.Module):
    def __init__(self):
        super().__init__()
        self.gmf_user, self.mlp_user = nn.Embedding(USERS, WIDTH), nn.Embedding(USERS, WIDTH)
        self.gmf_item, self.mlp_item = nn.Embedding(ITEMS, WIDTH), nn.Embedding(ITEMS, WIDTH)
        self.hidden = nn.Sequential(
            nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU()
        )
        self.output = nn.Linear(32 + WIDTH, 1)

    def forward(self, users, items):
        deep = self.hidden(torch.cat([self.mlp_user(users), self.mlp_item(items)], 1))
        return self.output(torch.cat([self.gmf_user(users) * self.gmf_item(items), deep], 1)).squeeze(1)


model = NeuMF()
adam = torch.optim.Adam(model.parameters(), lr=1e-3)
loss_of = nn.BCEWithLogitsLoss()


def step():
    users, items = torch.randint(USERS, (BATCH,)), torch.randint(ITEMS, (BATCH,))
    labels = ((users % 7) + (items % 5) > 5).float()
    adam.zero_grad()
    loss = loss_of(model(users, items), labels)
    loss.backward()
    adam.step()
    return loss.item()


for _ in range(5):
    step()
steps = int(sys.argv[1]) if len(sys.argv) > 1 else 20
started = time.perf_counter()
for _ in range(steps):
    loss = step()
print(json.dumps({"ms": (time.perf_counter() - started) / steps * 1000, "loss": loss}))
