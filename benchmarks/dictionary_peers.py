"""The peers' side of benchmarks/dictionaries.py: run by the Python that has sae-lens and sparsify installed.

Commands come in as lines of JSON and answers go out the same way, so that rounds of both sides can take turns.
"""

from __future__ import annotations

import inspect
import json
import sys
import time
import types
from collections.abc import Callable
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

Step = Callable[[Tensor], None]


def sae_lens(width: int, size: int, k: int, batch: int, rate: float, steps: int, sparse: bool) -> tuple[Step, Any]:
    """A training step of sae-lens' TopK, with its trainer's own loop body, and the network."""
    from sae_lens.config import LoggingConfig, SAETrainerConfig
    from sae_lens.saes.topk_sae import TopKTrainingSAE, TopKTrainingSAEConfig
    from sae_lens.training.sae_trainer import SAETrainer

    config = TopKTrainingSAEConfig(
        d_in=width, d_sae=size, k=k, use_sparse_activations=sparse, rescale_acts_by_decoder_norm=not sparse
    )
    network = TopKTrainingSAE(config)
    options: dict[str, Any] = {
        "n_checkpoints": 0,
        "checkpoint_path": None,
        "save_final_checkpoint": False,
        "total_training_samples": steps * batch,
        "device": "cpu",
        "autocast": False,
        "lr": rate,
        "lr_end": rate / 10,
        "lr_scheduler_name": "constant",
        "lr_warm_up_steps": 0,
        "adam_beta1": 0.9,
        "adam_beta2": 0.999,
        "lr_decay_steps": round(0.3 * steps),
        "n_restart_cycles": 1,
        "train_batch_size_samples": batch,
        "dead_feature_window": 1000,
        "feature_sampling_window": 2000,
        "logger": LoggingConfig(log_to_wandb=False),
    }
    known = inspect.signature(SAETrainerConfig).parameters
    trainer = SAETrainer(SAETrainerConfig(**{a: b for a, b in options.items() if a in known}), network, iter(()))

    def step(x: Tensor) -> None:
        trainer.step(x)
        trainer.n_training_steps += 1

    return step, network


def sparsify(width: int, size: int, k: int, batch: int, rate: float, steps: int) -> tuple[Step, Any]:
    """A training step of sparsify's SparseCoder as its trainer does it, with Adam, and the network."""
    placeholder = types.ModuleType("nnsight")
    placeholder.LanguageModel = object  # type: ignore[attr-defined]
    sys.modules.setdefault("nnsight", placeholder)
    from sparsify import SparseCoder
    from sparsify.config import SparseCoderConfig

    network = SparseCoder(width, SparseCoderConfig(num_latents=size, k=k))
    optimiser = torch.optim.Adam(network.parameters(), lr=rate)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda s: min(1.0, (steps - s) / (0.3 * steps)))

    def step(x: Tensor) -> None:
        network.set_decoder_norm_to_unit_norm()
        network(x).fvu.backward()
        network.remove_gradient_parallel_to_decoder_directions()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad()

    return step, network


MAKERS: dict[str, Callable[..., tuple[Step, Any]]] = {
    "sae-lens": lambda *sizes: sae_lens(*sizes, sparse=False),
    "sae-lens sparse": lambda *sizes: sae_lens(*sizes, sparse=True),
    "sparsify": sparsify,
}


def answer(command: dict[str, Any], state: dict[str, Any]) -> Any:
    """What one command gives."""
    if command["do"] == "data":
        state["x"] = load_file(command["path"])
        return len(state["x"]["train"])
    if command["do"] == "make":
        torch.manual_seed(command.get("seed", 0))
        state["step"], state["network"] = MAKERS[command["name"]](*command["sizes"])
        return True
    train, held = state["x"]["train"], state["x"]["held"]
    begin = time.process_time()
    for rows in command.get("batches", []):
        state["step"](train[torch.tensor(rows)])
    seconds = time.process_time() - begin
    if command["do"] == "step":
        return seconds
    with torch.no_grad():
        parts = [state["network"](part) for part in held.split(1024)]
    found = torch.cat([part if isinstance(part, Tensor) else part.sae_out for part in parts])
    return float((found - held).square().sum() / (held - train.mean(0)).square().sum())


def main() -> None:
    torch.set_num_threads(1)
    state: dict[str, Any] = {}
    out, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        try:
            said: dict[str, Any] = {"result": answer(json.loads(line), state)}
        except Exception as error:
            said = {"error": f"{type(error).__name__}: {error}"[:300]}
        out.write(json.dumps(said) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
