"""Logs of plain loops, of Hugging Face's Trainer and of Lightning, read again."""

import pytest
import torch

from pellucid.learn import RunDiagnosis, RunLogger
from pellucid.subjects import read_run


def line():
    layer = torch.nn.Linear(2, 1)
    torch.nn.init.constant_(layer.weight, 1.0)
    torch.nn.init.constant_(layer.bias, 0.0)
    return layer


def test_a_plain_loop(tmp_path):
    model, log = line(), RunLogger(tmp_path / "runs" / "run.jsonl")
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.05, weight_decay=0.3)
    x = torch.randn(32, 2, generator=torch.Generator().manual_seed(0))
    for step in range(30):
        loss = model(x).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 3 == 0:
            log(step, model, optimizer, train_loss=loss, test_loss=loss.item() * 1.1)
    run = read_run(log.path)
    assert (run.train.name, run.test.name, run.norm.name) == ("train_loss", "test_loss", "weight_norm")
    assert run.norm.values[-1] < 0.5 * run.norm.values[0]
    assert run.weight_decay == 0.3
    assert run.learning_rate.values.tolist() == [0.05] * 10
    assert RunDiagnosis().explain(run).artifact.phase == "comprehension"


def test_a_resumed_run_goes_on_in_the_file(tmp_path):
    for step in (0, 10, 20, 10, 20, 30):
        RunLogger(tmp_path / "run.jsonl")(step, train_loss=1.0 / (1 + step))
    assert read_run(tmp_path / "run.jsonl").train.steps.tolist() == [0, 10, 20, 30]


def test_what_is_no_number_is_refused(tmp_path):
    with pytest.raises(TypeError, match="train_loss='high' is no number"):
        RunLogger(tmp_path / "run.jsonl")(0, train_loss="high")


@pytest.mark.slow
def test_the_trainer_of_hugging_face(tmp_path):
    transformers = pytest.importorskip("transformers")

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = line()

        def forward(self, x, labels=None):
            out = self.layer(x)
            return {"loss": (out - labels).square().mean(), "logits": out}

    rows = [{"x": torch.ones(2) * i / 32, "labels": torch.zeros(1)} for i in range(64)]
    arguments = transformers.TrainingArguments(
        str(tmp_path), per_device_train_batch_size=8, num_train_epochs=4, logging_steps=4, eval_strategy="epoch",
        report_to=[], disable_tqdm=True, save_strategy="no", learning_rate=0.05, use_cpu=True,
    )  # fmt: skip
    log = RunLogger(tmp_path / "run.jsonl")
    trainer = transformers.Trainer(
        Model(), arguments, train_dataset=rows, eval_dataset=rows, callbacks=[log.for_transformers()]
    )
    trainer.train()
    run = read_run(log.path)
    assert len(run.train) == 8
    assert len(run.test) == 4
    assert len(run.norm) >= 8


@pytest.mark.slow
def test_the_trainer_of_lightning(tmp_path):
    lightning = pytest.importorskip("lightning.pytorch")

    class Model(lightning.LightningModule):
        def __init__(self):
            super().__init__()
            self.layer = line()

        def training_step(self, batch, index):
            loss = self.layer(batch).square().mean()
            self.log("train_loss", loss)
            return loss

        def validation_step(self, batch, index):
            self.log("val_loss", self.layer(batch).square().mean())

        def configure_optimizers(self):
            return torch.optim.AdamW(self.parameters(), lr=0.05)

    data = torch.utils.data.DataLoader(torch.randn(64, 2), batch_size=8)
    log = RunLogger(tmp_path / "run.jsonl")
    trainer = lightning.Trainer(
        max_epochs=4, logger=False, callbacks=[log.for_lightning(every=4)], enable_progress_bar=False,
        enable_model_summary=False, enable_checkpointing=False, accelerator="cpu",
    )  # fmt: skip
    trainer.fit(Model(), data, data)
    run = read_run(log.path)
    assert len(run.train) >= 7
    assert len(run.test) >= 3
    assert len(run.norm) == len(run.train)
