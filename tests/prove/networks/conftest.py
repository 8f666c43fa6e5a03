import pytest
from certificate_networks import CARRIES, adder

from pellucid.artifacts.programs.network import Network
from pellucid.prove.networks.enclosure import prove_network


@pytest.fixture(scope="session")
def proved() -> tuple[Network, str]:
    """An adder, and the certificate that it is one."""
    network = adder()
    return network, prove_network(network, CARRIES).files["proofs/network.json"]
