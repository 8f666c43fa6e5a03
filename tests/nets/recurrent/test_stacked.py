import pytest
import torch
from torch.func import hessian, jacrev

from pellucid.nets.recurrent.stacked import StackedMLP, pairs


def network(members=3):
    centre, scale = torch.tensor([1.0, 0.0]), torch.tensor([2.0, 0.5])
    return StackedMLP(members, (2, 6, 5, 2), centre=centre, scale=scale, generator=torch.Generator().manual_seed(0))


def test_derivatives_are_those_of_the_network():
    stack = network()
    x = torch.randn(3, 4, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    jets = stack.jets(x)
    assert jets.second is not None
    torch.testing.assert_close(jets.value, stack(x))
    for m in range(3):
        for r in range(4):

            def one(z, m=m):
                return stack(z.expand(3, 1, 2))[m, 0]

            torch.testing.assert_close(jets.first[m, :, r], jacrev(one)(x[m, r]).T)
            curved = hessian(one)(x[m, r])
            for p, (i, j) in enumerate(pairs(2)):
                torch.testing.assert_close(jets.second[m, p, r], curved[:, i, j])


def test_some_members_alone():
    stack = network()
    x = torch.ones(3, 2, 2, dtype=torch.float64)
    torch.testing.assert_close(stack.jets(x[:1], order=1, start=2).value[0], stack(x)[2])
    torch.testing.assert_close(stack(x[:2]), stack(x)[:2])
    assert stack.jets(x, order=1).second is None


def test_bad_shapes():
    with pytest.raises(ValueError, match="no network"):
        StackedMLP(0, (2, 1))
    with pytest.raises(ValueError, match="no network"):
        StackedMLP(1, (2,))
