"""`assistant serve`: browse an index in a local web page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.app import IndexOption, app

if TYPE_CHECKING:
    import socket

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens, or one line that says why not.

    Raises:
        InputError: the address is taken or is not one of this machine.
    """
    import socket

    from index.errors import InputError

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((host, port))
        opened.listen(128)
    except OSError as error:
        opened.close()
        raise InputError(
            f"cannot listen on {host} port {port} ({error.strerror or error})",
            hint="give another with --port, or --port 0 for any that is free",
        ) from error
    return opened


@app.command(epilog="Example: assistant serve --index artwork-index --port 8000")
def serve(
    index: IndexOption = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes one that is free.")] = 8000,
    host: Annotated[
        str, typer.Option(help="Address to listen on. Any but this reaches other machines.")
    ] = "127.0.0.1",
    allow_host: Annotated[
        list[str] | None,
        typer.Option("--allow-host", help="A name of this machine that may be asked for."),
    ] = None,
    browser: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
) -> None:
    """Browse an index in a local web page: search, themes, insights, picks, boards to edit."""
    import uvicorn

    from assistant.settings import index_folder
    from assistant.terminal.console import notes
    from assistant.web.app import create_app
    from assistant.web.library import Library

    library = Library(index_folder(index))
    opened = listen(host, port)
    port = opened.getsockname()[1]
    names = [*LOOPBACK, *(allow_host or [])]
    hosts = [f"{name}:{port}" for name in names] + (names if port == 80 else [])
    notes().print(f"http://{LOOPBACK[0]}:{port}  (Ctrl-C ends it)")
    if host not in {"127.0.0.1", "localhost", "::1"}:
        notes().print(
            f"note: whoever reaches {host} port {port} and knows one of the names "
            f"{', '.join(names)} sees this index; there is no password"
        )
    if browser:
        import webbrowser

        webbrowser.open(f"http://{LOOPBACK[0]}:{port}/")
    application = create_app(library, hosts=hosts)
    settings = uvicorn.Config(
        application,
        log_level="warning",
        server_header=False,
        limit_concurrency=64,
        timeout_graceful_shutdown=2,
    )
    uvicorn.Server(settings).run(sockets=[opened])
