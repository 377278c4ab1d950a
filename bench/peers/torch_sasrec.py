"""Seconds of a SASRec epoch on S3-Rec's Beauty in PyTorch: `torch_sasrec.py PART`, PART of an epoch extrapolated.

The network of plugins/attention: d = 64, 2 blocks, 2 heads, dropout .5, every position trained, cross-entropy against
512 shared uniform negatives, Adam; sequences padded to 50."""

import json
import os
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

LENGTH, WIDTH, HEADS, BLOCKS, BATCH, NEGATIVES, DROPOUT = 50, 64, 2, 2, 256, 512, 0.5
torch.set_num_threads(int(os.environ.get("RECOGRAPH_THREADS", "2")))
torch.manual_seed(1)
data = os.environ.get("RECOGRAPH_DATA", "../shared/data")
with open(f"{data}/s3rec/Beauty.txt") as lines:
    walks = [[int(item) for item in line.split()[1:-2]] for line in lines]
walks = [walk for walk in walks if len(walk) > 1]
ITEMS = 1 + 12101


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.before, self.between = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.attention = nn.MultiheadAttention(WIDTH, HEADS, DROPOUT, batch_first=True)
        self.feed = nn.Sequential(
            nn.Linear(WIDTH, WIDTH), nn.ReLU(), nn.Dropout(DROPOUT), nn.Linear(WIDTH, WIDTH), nn.Dropout(DROPOUT)
        )
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, x, mask):
        normal = self.before(x)
        x = x + self.dropout(self.attention(normal, normal, normal, attn_mask=mask, need_weights=False)[0])
        return x + self.feed(self.between(x))


class SASRec(nn.Module):
    def __init__(self):
        super().__init__()
        self.items = nn.Embedding(ITEMS, WIDTH, padding_idx=0)
        self.places = nn.Embedding(LENGTH, WIDTH)
        nn.init.normal_(self.items.weight, std=0.02)
        self.blocks = nn.ModuleList(Block() for _ in range(BLOCKS))
        self.norm, self.dropout = nn.LayerNorm(WIDTH), nn.Dropout(DROPOUT)

    def forward(self, items):
        x = self.dropout(self.items(items) * WIDTH**0.5 + self.places.weight)
        mask = torch.triu(torch.ones(LENGTH, LENGTH, dtype=torch.bool), 1)
        for block in self.blocks:
            x = block(x, mask)
        return self.norm(x)


model = SASRec()
adam = torch.optim.Adam(model.parameters(), lr=1e-3)
order = torch.randperm(len(walks)).tolist()


def step(rows):
    inputs = torch.zeros(len(rows), LENGTH, dtype=torch.long)
    targets = torch.zeros(len(rows), LENGTH, dtype=torch.long)
    for r, row in enumerate(rows):
        walk = walks[row][-LENGTH - 1 :]
        # Filled from the left: a causal mask then hides the padding behind.
        inputs[r, : len(walk) - 1] = torch.tensor(walk[:-1])
        targets[r, : len(walk) - 1] = torch.tensor(walk[1:])
    real = targets > 0
    hidden, wanted = model(inputs)[real], targets[real]
    negatives = torch.randint(1, ITEMS, (NEGATIVES,))
    positive = (hidden * model.items(wanted)).sum(1, keepdim=True)
    others = (hidden @ model.items(negatives).T).masked_fill(wanted[:, None] == negatives, -1e9)
    logits = torch.cat([positive, others], 1)
    loss = F.cross_entropy(logits, torch.zeros(len(logits), dtype=torch.long))
    adam.zero_grad()
    loss.backward()
    adam.step()


batches = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
part = max(1, round(len(batches) * float(sys.argv[1] if len(sys.argv) > 1 else 1)))
for batch in batches[:2]:
    step(batch)
wall, cpu = time.perf_counter(), time.process_time()
for batch in batches[:part]:
    step(batch)
scale = len(batches) / part
print(
    json.dumps(
        {
            "seconds": (time.perf_counter() - wall) * scale,
            "cpuSeconds": (time.process_time() - cpu) * scale,
            "batches": part,
            "ofBatches": len(batches),
        }
    )
)
