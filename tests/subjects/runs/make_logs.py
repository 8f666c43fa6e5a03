"""The small logs beside this file, made by the tools themselves: python make_logs.py (they must be installed).

One run: train loss every 5 steps, test loss and accuracies every 20, of formulas that the tests know.
"""

import json
import math
import os
import shutil
import tempfile
from pathlib import Path

HERE = Path(__file__).parent / "logs"


def train_loss(step):
    return 2.3 * math.exp(-step / 60)


def test_loss(step):
    return 2.3 * math.exp(-step / 90)


def with_torch(folder):
    from torch.utils.tensorboard import SummaryWriter

    writer = SummaryWriter(folder)
    for step in range(0, 201, 5):
        writer.add_scalar("loss/train", train_loss(step), step)
        if step % 20 == 0:
            writer.add_scalar("loss/test", test_loss(step), step)
            writer.add_text("note", f"at {step}", step)
    writer.close()
    return next(Path(folder).glob("*tfevents*"))


def with_tensors(folder):
    """As TensorFlow 2 writes scalars: tensors of one number."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.plugins.scalar.summary import op  # noqa: F401
    from tensorboard.plugins.scalar.summary_v2 import scalar_pb
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    writer = EventFileWriter(folder)
    for step in range(0, 201, 5):
        writer.add_event(Event(step=step, summary=scalar_pb("epoch_loss", train_loss(step))))
    writer.close()
    return next(Path(folder).glob("*tfevents*"))


def with_lightning(folder):
    import torch
    from lightning.pytorch import LightningModule, Trainer
    from lightning.pytorch.loggers import CSVLogger

    class Line(LightningModule):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(2, 1)

        def training_step(self, batch, index):
            loss = self.layer(batch).square().mean()
            self.log("train_loss", loss)
            return loss

        def validation_step(self, batch, index):
            self.log("val_loss", self.layer(batch).square().mean())

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), lr=0.05)

    torch.manual_seed(0)
    data = torch.utils.data.DataLoader(torch.randn(64, 2), batch_size=8)
    trainer = Trainer(max_epochs=6, logger=CSVLogger(folder), log_every_n_steps=2, enable_progress_bar=False,
                      enable_model_summary=False, enable_checkpointing=False, accelerator="cpu")  # fmt: skip
    trainer.fit(Line(), data, data)
    return next(Path(folder).rglob("metrics.csv"))


def with_wandb(folder):
    os.environ["WANDB_MODE"], os.environ["WANDB_SILENT"] = "offline", "true"
    import wandb

    run = wandb.init(project="small", dir=folder, settings=wandb.Settings(x_disable_stats=True, console="off"))
    for step in range(0, 201, 5):
        values = {"train/loss": train_loss(step)} | ({"test": {"loss": test_loss(step)}} if step % 20 == 0 else {})
        run.log(values, step=step)
    run.finish()
    return next(Path(folder).rglob("*.wandb"))


def with_transformers(folder):
    import torch
    from transformers import Trainer, TrainingArguments

    class Line(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(2, 1)

        def forward(self, x, labels=None):
            out = self.layer(x)
            return {"loss": (out - labels).square().mean(), "logits": out}

    torch.manual_seed(0)
    rows = [{"x": torch.randn(2), "labels": torch.zeros(1)} for _ in range(64)]
    arguments = TrainingArguments(folder, per_device_train_batch_size=8, num_train_epochs=6, logging_steps=4,
                                  eval_strategy="epoch", report_to=[], disable_tqdm=True, save_strategy="no",
                                  learning_rate=0.05, use_cpu=True)  # fmt: skip
    trainer = Trainer(Line(), arguments, train_dataset=rows, eval_dataset=rows)
    trainer.train()
    trainer.state.save_to_json(str(Path(folder) / "trainer_state.json"))
    return Path(folder) / "trainer_state.json"


MADE = {
    "events.out.tfevents.torch": with_torch,
    "events.out.tfevents.tensors": with_tensors,
    "lightning_metrics.csv": with_lightning,
    "run-offline.wandb": with_wandb,
    "trainer_state.json": with_transformers,
}

if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    for name, make in MADE.items():
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(make(folder), HERE / name)
        print(name, (HERE / name).stat().st_size)
    state = json.loads((HERE / "trainer_state.json").read_text())
    print(state["log_history"][:2], state["log_history"][-1])
