"""Seconds of an epoch of RecBole's SASRec or GRU4Rec on S3-Rec's Beauty, from some of its batches: `... MODEL [BATCHES]`.

RecBole's defaults but for the published sizes (64 wide, sequences of 50); it trains every prefix as a sample."""

import itertools
import json
import logging
import os
import sys
import tempfile
import time

import numpy as np
import torch

# RecBole 1.2.1 was written for NumPy 1 and for torch.load without weights_only.
for name, value in {"bool8": np.bool_, "float_": np.float64, "unicode_": np.str_, "complex_": np.complex128}.items():
    if not hasattr(np, name):
        setattr(np, name, value)

from recbole.config import Config  # noqa: E402
from recbole.data import create_dataset, data_preparation  # noqa: E402
from recbole.utils import get_model, init_seed  # noqa: E402

source = os.path.abspath(os.path.join(os.environ.get("RECOGRAPH_DATA", "../shared/data"), "s3rec", "Beauty.txt"))
name = sys.argv[1]
count = int(sys.argv[2]) if len(sys.argv) > 2 else 4
torch.set_num_threads(int(os.environ.get("RECOGRAPH_THREADS", "2")))
logging.disable(logging.INFO)

with tempfile.TemporaryDirectory() as folder:
    os.makedirs(f"{folder}/beauty")
    os.chdir(folder)  # it leaves its logs in the working directory
    with open(source) as lines, open(f"{folder}/beauty/beauty.inter", "w") as out:
        out.write("user_id:token\titem_id:token\ttimestamp:float\n")
        for line in lines:
            user, *items = line.split()
            out.writelines(f"{user}\t{item}\t{place}\n" for place, item in enumerate(items))
    config = Config(
        model=name,
        dataset="beauty",
        config_dict={
            "data_path": folder,
            "load_col": {"inter": ["user_id", "item_id", "timestamp"]},
            "MAX_ITEM_LIST_LENGTH": 50,
            "train_neg_sample_args": None,
            "loss_type": "CE",
            "eval_args": {"split": {"LS": "valid_and_test"}, "order": "TO", "mode": "full"},
            "use_gpu": False,
            "show_progress": False,
            "checkpoint_dir": folder,
            "state": "ERROR",
        },
    )
    init_seed(1, True)
    train, _, _ = data_preparation(config, create_dataset(config))
    model = get_model(name)(config, train._dataset)
    model.train()
    adam = torch.optim.Adam(model.parameters(), lr=1e-3)

    def step(batch):
        adam.zero_grad()
        model.calculate_loss(batch).backward()
        adam.step()

    batches = iter(train)
    step(next(batches))
    wall, cpu = time.perf_counter(), time.process_time()
    for batch in itertools.islice(batches, count):
        step(batch)
    scale = len(train) / count
    print(
        json.dumps(
            {
                "seconds": (time.perf_counter() - wall) * scale,
                "cpuSeconds": (time.process_time() - cpu) * scale,
                "batches": count,
                "ofBatches": len(train),
            }
        )
    )
