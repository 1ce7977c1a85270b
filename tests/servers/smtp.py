# SPDX-License-Identifier: Apache-2.0
"""A mail server for tests: keeps what it takes in a folder, and behaves as badly as it is told to.

Each mail becomes a file `<number>.json` in the folder. How to behave is read anew at every command
from `behaviour.json` there:

  refuse  addresses that are refused for good (550)
  busy    addresses that are refused for now (451), each so many times
  hold    `before` or `after`: takes no decision about a mail before, or after, it has kept it, for as
          long as this stands there
"""

import argparse
import asyncio
import json
import ssl
from email import message_from_bytes, policy
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    def __init__(self, folder):
        self.folder = folder
        self.busy = {}
        self.taken = 0

    def behaviour(self):
        path = self.folder / "behaviour.json"
        return json.loads(path.read_text()) if path.exists() else {}

    async def hold(self, when):
        while self.behaviour().get("hold") == when:
            (self.folder / f"holds-{when}").touch()
            await asyncio.sleep(0.02)

    async def handle_RCPT(self, server, session, envelope, address, options):
        behaviour = self.behaviour()
        if address in behaviour.get("refuse", []):
            return "550 5.1.1 there is nobody of this name"
        times = behaviour.get("busy", {}).get(address, 0)
        if self.busy.get(address, 0) < times:
            self.busy[address] = self.busy.get(address, 0) + 1
            return "451 4.3.0 ask again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        await self.hold("before")
        message = message_from_bytes(envelope.content, policy=policy.default)
        kept = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "encrypted": session.ssl is not None,
            "login": getattr(session.auth_data, "login", b"").decode() if session.authenticated else None,
            "headers": [[name, str(value)] for name, value in message.items()],
            "parts": [part.get_content_type() for part in message.walk()],
            "text": message.get_content(),
        }
        self.taken += 1
        path = self.folder / f"{self.taken:05}.json"
        # Whoever reads the folder sees whole files alone.
        path.with_suffix(".part").write_text(json.dumps(kept))
        path.with_suffix(".part").rename(path)
        await self.hold("after")
        return "250 OK"


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--certificate", type=Path)
    parser.add_argument("--key", type=Path)
    parser.add_argument("--login")
    parser.add_argument("--password")
    arguments = parser.parse_args()
    options = {}
    if arguments.certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(arguments.certificate, arguments.key)
        options |= {"tls_context": context, "require_starttls": True}
    if arguments.login:

        def authenticate(server, session, envelope, mechanism, data):
            right = (arguments.login.encode(), arguments.password.encode())
            success = (data.login, data.password) == right
            # What is not handled here is answered with 535.
            return AuthResult(success=success, handled=False, auth_data=data)

        options |= {"authenticator": authenticate, "auth_required": True}
    handler = Handler(arguments.folder)
    handler.taken = len(list(arguments.folder.glob("?????.json")))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="mail.example", loop=loop, **options), "127.0.0.1", arguments.port
    )
    await server.serve_forever()


asyncio.run(main())
