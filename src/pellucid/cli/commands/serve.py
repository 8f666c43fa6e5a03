"""`pellucid serve`: type a text and see which features fire, in a browser on this machine."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated

import typer

from ..app import LANGUAGE_MODELS, app
from ..errors import one_line_errors, say
from ..options import Device, Dtype
from ..running import open_address

Folder = Annotated[
    Path,
    typer.Argument(
        metavar="FOLDER", help="What `pellucid features` wrote, or another library's dictionary.", show_default=False
    ),
]
Model = Annotated[
    str | None,
    typer.Option("--model", metavar="MODEL", help="The model (as the folder says).", show_default=False),
]
Layer = Annotated[
    str | None,
    typer.Option(metavar="NUMBER", help="The layer or module of the dictionary (as the folder says).",
                 show_default=False),
]  # fmt: skip
Port = Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free.")]
OpenPage = Annotated[
    bool | None, typer.Option("--open/--no-open", help="Open the page in a browser (the default on a desktop).")
]


@app.command(rich_help_panel=LANGUAGE_MODELS)
def serve(
    folder: Folder,
    model: Model = None,
    layer: Layer = None,
    port: Port = 0,
    dtype: Dtype = "fastest",
    device: Device = "cpu",
    open_page: OpenPage = None,
) -> None:
    """Type a text and see which features fire, and steer with them, on a page served by this machine alone.

    The server listens on the loopback address, answers only to the address that is printed (it holds a secret), and
    sends nothing anywhere. Ctrl-C ends it.
    """
    with one_line_errors():
        from ...jobs.audits.serve import live_server
        from ...jobs.audits.steer import Place
        from ...subjects.models.loading.load_model import load_model

        place = Place.of(folder)
        name = model or place.model
        if not name:
            raise ValueError("the folder does not say which model it is of; name it with --model")
        with live_server(load_model(name, dtype=dtype, device=device), place, folder, layer=layer, port=port) as server:
            typer.echo(server.address)
            say("open this address in a browser on this machine; Ctrl-C ends the server")
            open_address(server.address, server.address, open_page)
            try:
                threading.Event().wait()
            except KeyboardInterrupt:
                say("ended")
