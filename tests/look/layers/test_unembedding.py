import pytest
import torch

from pellucid.look.layers.unembedding import effective_unembedding
from pellucid.subjects.models.language_model import LanguageModel

transformers = pytest.importorskip("transformers")
SIZES = {"vocab_size": 30, "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}


class Numbers:
    def batch_decode(self, rows):
        return [str(row[0]) for row in rows]


@pytest.mark.parametrize("kind", ["Llama", "Gemma", "GPTNeoX"])
def test_it_is_what_a_small_step_along_a_direction_adds(kind):
    config = getattr(transformers, f"{kind}Config")(**SIZES, head_dim=8, num_key_value_heads=2)
    torch.manual_seed(0)
    network = getattr(transformers, f"{kind}ForCausalLM")(config).eval().requires_grad_(False)
    model = LanguageModel(network, Numbers(), kind)
    norm = network.get_submodule(model.final_norm)
    norm.weight.copy_(torch.randn(16) * 0.3 + 0.5)
    found = effective_unembedding(model)
    assert found is not None
    x, direction = torch.randn(16) * 100, torch.randn(16)
    x, direction = x - x.mean(), direction - direction.mean()  # a layer norm takes the mean away
    direction -= (direction @ x) * x / (x @ x)  # and a step along x itself changes only its length
    head = network.get_submodule(model.unembedding)
    true = head(norm((x + direction)[None])) - head(norm((x - direction)[None]))
    given = found.matrix @ direction * 2 / x.square().mean().sqrt()
    assert torch.allclose(true[0], given, atol=1e-3 * float(given.abs().max()) + 1e-5)
