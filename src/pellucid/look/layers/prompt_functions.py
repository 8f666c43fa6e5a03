"""What each attention head says by itself on every prompt of a finite family, and what the whole model says.

A head's own answer is its direct effect: what it puts out at the last token goes through the layer's output matrix, the
final norm and the unembedding, and the likeliest of the given answers is taken (Gould et al., arXiv 2312.09230, section
3, for prompts of one token). Cost: one pass over the prompts for all heads together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from ...subjects.models.hooks import INPUT, evaluating, run
from ...subjects.models.language_model import LanguageModel
from ...subjects.operations.finite_function import LARGEST, FiniteFunction
from .attention_heads import heads_of_layers

__all__ = ["PromptFunctions", "prompt_functions"]


@dataclass(frozen=True, eq=False)
class PromptFunctions:
    """`cases` (prompts, slots) are the numbers of the words; `scores[i]` (prompts, answers) those of `heads[i]`.

    `model_scores` are the whole model's. Heads are (layer, head).
    """

    cases: Int[np.ndarray, "cases slots"]
    slots: tuple[str, ...]
    words: tuple[str, ...]
    answers: tuple[str, ...]
    heads: tuple[tuple[int, int], ...]
    scores: Float[np.ndarray, "heads cases answers"]
    model_scores: Float[np.ndarray, "cases answers"]

    def function(self, heads: Sequence[tuple[int, int]] = (), *, selected: bool = False) -> FiniteFunction:
        """What the heads say together, or the whole model where none is named. Raises ValueError for an unknown one."""
        unknown = [head for head in heads if head not in self.heads]
        if unknown:
            layer, number = unknown[0]
            most = max((head for at, head in self.heads if at == layer), default=-1)
            known = f"0 to {most} at that layer" if most >= 0 else f"layers {self.heads[0][0]} to {self.heads[-1][0]}"
            raise ValueError(f"head={layer}.{number} is none of the model's; give {known}")
        scores = self.model_scores
        title = "the model"
        if heads:
            scores = self.scores[[self.heads.index(head) for head in heads]].sum(0)
            title = ("head " if len(heads) == 1 else "the heads ") + ", ".join(f"{i}.{j}" for i, j in heads)
        numbers, own = _values(self.words), _values(self.answers)
        return FiniteFunction(
            numbers[self.cases], own[scores.argmax(-1)], self.slots,
            symbols=() if _are_numbers(self.words) else (self.words,) * len(self.slots),
            output_symbols=() if _are_numbers(self.answers) else self.answers,
            others=own[self.scores.argmax(-1)], selected=selected, title=title,
        )  # fmt: skip

    def right(self, wanted: Int[np.ndarray, " cases"]) -> Float[np.ndarray, " heads"]:
        """The share of cases in which each head says what is wanted, numbers of answers."""
        return (self.scores.argmax(-1) == wanted).mean(1)


def prompt_functions(
    model: LanguageModel, prompt: str, words: Sequence[str], answers: Sequence[str] = (), *, batch: int = 64
) -> PromptFunctions:
    """Fills the slots of a prompt such as "{a}, {b}, {a}," with every combination of the words, and runs all of them.

    Without `answers` the words are the answers. Raises ValueError for a prompt without a slot, more than 4,096
    combinations, words that are there twice, and answers that are no single token.
    """
    slots = tuple(dict.fromkeys(re.findall(r"\{(\w+)\}", prompt)))
    words, answers = tuple(words), tuple(answers or words)
    if not slots or len(words) < 2 or len(set(words)) < len(words) or len(set(answers)) < len(answers):
        raise ValueError(
            f"prompt={prompt!r} with words={list(words)}: give a slot such as {{a}}, and two or more different words"
        )
    if len(words) ** len(slots) > LARGEST:
        raise ValueError(f"{len(slots)} slots of {len(words)} words are more than {LARGEST} prompts; give fewer words")
    cases = np.array(list(product(range(len(words)), repeat=len(slots))), np.int64)
    texts = [prompt.format(**{slot: words[i] for slot, i in zip(slots, case, strict=True)}) for case in cases]
    chosen = torch.tensor(_single_tokens(model, answers, prompt))
    padded = model.padded(texts)
    tokens, last = padded["input_ids"], padded["attention_mask"].sum(1) - 1
    found, whole = [], []
    with evaluating(model), torch.no_grad():
        layers = heads_of_layers(model.model, model.layers, tokens[:1, : int(last[0]) + 1])
        project = [_through(model, one.path, chosen) for one in layers]
        for start in range(0, len(texts), batch):
            rows, ends = tokens[start : start + batch], last[start : start + batch]
            ids = rows.to(model.device)
            out, seen = run(model.model, ids, read=[one.path + INPUT for one in layers], stop=False)
            at = torch.arange(len(rows))
            logits = out.logits if hasattr(out, "logits") else out
            whole.append(logits[at, ends].float().cpu()[:, chosen])
            scores = []
            for one, matrix in zip(layers, project, strict=True):
                given = seen[one.path + INPUT].reshape(*rows.shape, -1)[at, ends].float().cpu()
                scores += [given[:, one.part(head)] @ matrix[:, one.part(head)].T for head in range(one.count)]
            found.append(torch.stack(scores))
    names = tuple((model.layers.index(one.layer), head) for one in layers for head in range(one.count))
    return PromptFunctions(cases, slots, words, answers, names, torch.cat(found, 1).numpy(), torch.cat(whole).numpy())


def _through(model: LanguageModel, path: str, chosen: Tensor) -> Tensor:
    """(answers, heads' width): the answers' logits by what is given to a layer's output matrix, up to a factor.

    The matrix is found by running the module on unit vectors less what it puts out for nothing, whatever kind of module
    it is; of the norm its weights count, since its factor is the same for all answers.
    """
    module = model.model.get_submodule(path)
    weight = next(one for one in module._parameters.values() if one is not None and one.ndim == 2)
    width = model.width
    size = weight.numel() // width
    eye = torch.eye(size, dtype=weight.dtype, device=weight.device)
    written = (module(eye) - module(torch.zeros_like(eye[:1]))).float().cpu()  # (size, width)
    norm = model.model.get_submodule(model.final_norm) if model.final_norm else None
    scale = getattr(norm, "weight", None)
    read = model.model.get_submodule(model.unembedding).get_parameter("weight").detach().float().cpu()[chosen]
    if scale is not None:
        scale = scale.detach().float().cpu()
        read = read * (1 + scale if "gemma" in type(norm).__name__.lower() else scale)
    if isinstance(norm, torch.nn.LayerNorm):
        written = written - written.mean(1, keepdim=True)
    return read @ written.T


def _single_tokens(model: LanguageModel, answers: Sequence[str], prompt: str) -> list[int]:
    """The token of each answer, with a space before it where the prompt ends without one and all have such a token."""
    spaced = [" " + answer for answer in answers]
    for given in (answers, spaced) if prompt.endswith((" ", "\n")) else (spaced, answers):
        encoded = model.encode(given)
        if all(len(ids) == 1 for ids in encoded) and len({ids[0] for ids in encoded}) == len(answers):
            return [ids[0] for ids in encoded]
    many = next((answer for answer in answers if len(model.encode([answer])[0]) != 1), answers[0])
    raise ValueError(f"answer {many!r} is no single token of this model, nor are all with a space before; give others")


def _are_numbers(words: Sequence[str]) -> bool:
    return all(word.strip().isdigit() for word in words)


def _values(words: Sequence[str]) -> Int[np.ndarray, " words"]:
    """The words' own numbers where all are numbers, else their places."""
    return np.array([int(word) for word in words] if _are_numbers(words) else range(len(words)), np.int64)
