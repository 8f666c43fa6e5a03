"""A log of what `RunDiagnosis` reads: metrics, the norm of the weights, learning rate and weight decay, a line a step.

The norm is that of Liu et al. (arXiv 2210.01117): the length of all trained weights together.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer


class RunLogger:
    """Appends one JSON object a line to `path`, so that the log can be read while the run goes on.

        log = RunLogger("run.jsonl")
        for step, batch in enumerate(batches):
            ...
            if step % 100 == 0:
                log(step, model, optimizer, train_loss=loss, test_loss=evaluate(model))

    `Trainer(callbacks=[log.for_transformers()])` and `log.for_lightning()` do the same there.
    A resumed run goes on in the same file.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)

    def __call__(
        self, step: int, model: nn.Module | None = None, optimizer: Optimizer | None = None, **metrics: Any
    ) -> dict[str, float]:
        """Writes a line and returns what stands in it. Raises TypeError for a metric that is no number."""
        row: dict[str, float] = {"step": int(step)}
        row |= {name: _number(name, value) for name, value in metrics.items()}
        if model is not None:
            row["weight_norm"] = weight_norm(model)
        if optimizer is not None and optimizer.param_groups:
            group = optimizer.param_groups[0]
            row["learning_rate"] = _number("lr", group["lr"])
            row["weight_decay"] = max(float(one.get("weight_decay", 0.0)) for one in optimizer.param_groups)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(row) + "\n")
        return row

    def for_transformers(self) -> Any:
        """A callback for Hugging Face's Trainer. Raises ImportError without transformers."""
        from transformers import TrainerCallback

        log = self

        class Callback(TrainerCallback):
            def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **given: Any) -> None:
                rows = {name: value for name, value in (logs or {}).items() if isinstance(value, int | float)}
                rows.pop("learning_rate", None)
                if rows and "train_runtime" not in rows and state.is_world_process_zero:
                    log(state.global_step, given.get("model"), given.get("optimizer"), **rows)

        return Callback()

    def for_lightning(self, every: int = 50) -> Any:
        """A callback for Lightning: every so many steps, and after each validation. Raises ImportError without it."""
        try:
            from lightning.pytorch import Callback as Base  # type: ignore[import-not-found]
        except ImportError:
            from pytorch_lightning import Callback as Base  # type: ignore[import-not-found]

        log = self

        class Callback(Base):
            def _log(self, trainer: Any, module: Any) -> None:
                if trainer.is_global_zero and not trainer.sanity_checking:
                    optimizer = trainer.optimizers[0] if trainer.optimizers else None
                    metrics = {name: value for name, value in trainer.callback_metrics.items() if value.numel() == 1}
                    log(trainer.global_step, module, optimizer, **metrics)

            def on_train_batch_end(self, trainer: Any, module: Any, *given: Any) -> None:
                if trainer.global_step % every == 0:
                    self._log(trainer, module)

            def on_validation_end(self, trainer: Any, module: Any) -> None:
                self._log(trainer, module)

        return Callback()


def weight_norm(model: nn.Module) -> float:
    """The length of all trained parameters together, in float64.

    >>> import torch
    >>> layer = torch.nn.Linear(1, 1)
    >>> _ = torch.nn.init.constant_(layer.weight, 3.0), torch.nn.init.constant_(layer.bias, 4.0)
    >>> weight_norm(layer)
    5.0
    """
    trained = (p.detach() for p in model.parameters() if p.requires_grad)
    return math.sqrt(sum(float(p.double().square().sum()) for p in trained))


def _number(name: str, value: Any) -> float:
    try:
        return float(value.detach() if hasattr(value, "detach") else value)
    except (TypeError, ValueError):
        raise TypeError(f"{name}={value!r} is no number; log numbers, or tensors of one") from None
