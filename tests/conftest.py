"""For all tests.

Property tests draw the same examples in every run, so that the suite is green or red for a reason in the code;
`make fuzz` draws fresh ones.
"""

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import torch
from hypothesis import settings

torch.set_num_threads(1)  # the tests share few cores; a pool of threads only waits there

settings.register_profile("suite", derandomize=True, deadline=None, database=None)
settings.register_profile("fuzz", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


@pytest.fixture
def serve():
    """Starts a server that answers as a language model's: its address, and the list of what it was asked.

    Answers (or HTTP codes) are given in turn, or come from a function of the last thing said.
    """
    servers = []

    def start(answers):
        asked = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                asked[-1]["key"] = self.headers["Authorization"]
                said = asked[-1]["messages"][-1]["content"] if callable(answers) else ""
                answer = answers(said) if callable(answers) else answers[len(asked) - 1]
                body = json.dumps({"choices": [{"message": {"content": answer}}]}).encode()
                self.send_response(answer if isinstance(answer, int) else 200)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *given):
                return None

        server = HTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/v1", asked

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()
