"""Milliseconds of one training step of RecBole's NeuMF at its defaults on ncf-ml-1m: `recbole_neumf.py STEPS`."""

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
from recbole.utils import get_model, get_trainer, init_seed  # noqa: E402

source = os.path.abspath(os.path.join(os.environ.get("RECOGRAPH_DATA", "../shared/data"), "ncf-ml-1m"))
steps = int(sys.argv[1]) if len(sys.argv) > 1 else 100
torch.set_num_threads(int(os.environ.get("RECOGRAPH_THREADS", "2")))
logging.disable(logging.INFO)


class Some:
    """The first batches of a loader."""

    shuffle = False

    def __init__(self, loader, count):
        self.loader, self.count = loader, count

    def __len__(self):
        return self.count

    def __iter__(self):
        return itertools.islice(iter(self.loader), self.count)


with tempfile.TemporaryDirectory() as folder:
    os.makedirs(f"{folder}/ml")
    os.chdir(folder)  # it leaves its logs in the working directory
    with open(f"{source}/ml-1m.train.lines.txt") as lines, open(f"{folder}/ml/ml.train.inter", "w") as out:
        out.write("user_id:token\titem_id:token\n")
        for line in lines:
            user, *items = line.split()
            out.writelines(f"{user}\t{item}\n" for item in items)
    for part in ("valid", "test"):  # not used, but asked for
        with open(f"{folder}/ml/ml.{part}.inter", "w") as out:
            out.write("user_id:token\titem_id:token\n0\t31\n")
    config = Config(
        model="NeuMF",
        dataset="ml",
        config_dict={
            "data_path": folder,
            "benchmark_filename": ["train", "valid", "test"],
            "load_col": {"inter": ["user_id", "item_id"]},
            "epochs": 1,
            "train_batch_size": 2048,
            "train_neg_sample_args": {"distribution": "uniform", "sample_num": 1},
            "use_gpu": False,
            "show_progress": False,
            "checkpoint_dir": folder,
            "state": "ERROR",
        },
    )
    init_seed(1, True)
    dataset = create_dataset(config)
    train, _, _ = data_preparation(config, dataset)
    model = get_model("NeuMF")(config, train.dataset)
    trainer = get_trainer(config["MODEL_TYPE"], "NeuMF")(config, model)
    trainer._train_epoch(Some(train, 10), 0)
    started = time.perf_counter()
    loss = trainer._train_epoch(Some(train, steps), 0)
    seconds = time.perf_counter() - started
print(json.dumps({"ms": seconds / steps * 1000, "loss": loss / steps}))
