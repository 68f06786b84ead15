#!/usr/bin/env python3
"""A manager and assistants over the CTI link: the manager's number asks here where each call is to go, and the console answers; see Docs/cti-link.md.

Commands: `do-not-disturb on|off`, `divert NUMBER|off`, `filter 0301234,+4420*|off` (callers who reach the manager at once),
`assistant NUMBER` (who is asked first), `intercom NUMBER` (calls from the manager's phone, which answers by itself), `show`, `quit`."""
import argparse
import asyncio
import fnmatch
import sys
import threading

import websockets
from ivr import Link, Refused


class Desk:
    """What the manager wants at the moment."""

    def __init__(self, manager, assistants):
        self.manager, self.assistants = manager, assistants
        self.do_not_disturb, self.divert, self.filter = False, None, []

    def way(self, caller):
        """The numbers to try for a caller, in order, and why."""
        if caller in self.assistants or any(fnmatch.fnmatchcase(caller, pattern) for pattern in self.filter):
            return [self.manager, *self.assistants], "is let through"
        if self.divert:
            return [self.divert, *self.assistants], "is diverted"
        if self.do_not_disturb:
            return self.assistants, "does not disturb"
        return [*self.assistants, self.manager], "goes to an assistant first"

    def __str__(self):
        return (f"do not disturb {'on' if self.do_not_disturb else 'off'}, diverted to {self.divert or 'nobody'}, "
                f"let through: {', '.join(self.filter) or 'assistants only'}, assistants: {', '.join(self.assistants)}")


class Console:
    """Carries out commands, and answers what the server asks."""

    def __init__(self, desk, options):
        self.desk, self.options, self.link = desk, options, None

    def heard(self, event, params):
        if event == "RouteRequest":
            asyncio.create_task(self.route(params["connection"], params["calling"].get("number", "")))
        elif event == "RouteUsed":
            print(f"{params['to']} has the call", flush=True)
        elif event == "ReRoute":
            # Nobody took it: the line's own forwarding has the last word.
            asyncio.create_task(self.tell("RouteEnd", connection=params["connection"]))
        elif event in ("Delivered", "Established") and params.get("device") == self.options.phone:
            print(f"the manager's phone: {event}", flush=True)

    async def route(self, connection, caller):
        to, why = self.desk.way(caller)
        print(f"{caller or 'a withheld number'} {why}: {', '.join(to)}", flush=True)
        await self.tell("RouteSelect", connection=connection, to=to)

    async def tell(self, method, **params):
        try:
            return await self.link.request(method, **params)
        except Refused as refusal:
            print(f"{method}: {refusal}", flush=True)

    async def obey(self, line):
        word, _, rest = line.strip().partition(" ")
        desk = self.desk
        if word == "do-not-disturb" and rest in ("on", "off"):
            desk.do_not_disturb = rest == "on"
        elif word == "divert" and rest:
            desk.divert = None if rest == "off" else rest
        elif word == "filter" and rest:
            desk.filter = [] if rest == "off" else rest.replace(" ", "").split(",")
        elif word == "assistant" and rest:
            desk.assistants = [rest, *(number for number in desk.assistants if number != rest)]
        elif word == "intercom" and rest:
            await self.tell("MakeCall", device=self.options.phone, line=desk.manager, to=rest, autoAnswer=True)
        elif word != "show":
            return print(f"expected one of the commands of --help, found {line.strip()!r}", flush=True)
        print(desk, flush=True)


async def main(options):
    console = Console(Desk(options.manager, options.assistants), options)
    async with websockets.connect(options.link) as socket:
        link = console.link = Link(socket, console.heard)
        reader = asyncio.create_task(link.run())
        await link.request("OpenProvider", user=options.user, password=options.password)
        for device in (options.device, options.phone):
            await link.request("OpenDevice", device=device)
        await link.request("RouteRegister", device=options.device)
        for command in options.commands:
            await console.obey(command)
        print(f"routing the calls of {options.device}", flush=True)
        lines = asyncio.Queue()
        threading.Thread(target=pump, args=(asyncio.get_running_loop(), lines), daemon=True).start()
        while not reader.done():
            typed = asyncio.create_task(lines.get())
            await asyncio.wait([reader, typed], return_when=asyncio.FIRST_COMPLETED)
            if not typed.done() or typed.result().strip() == "quit":
                break
            await console.obey(typed.result())


def pump(loop, lines):
    """Hands on what is typed; without a console the application goes on all the same."""
    for line in sys.stdin:
        loop.call_soon_threadsafe(lines.put_nowait, line)


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--link", default="ws://127.0.0.1:2748", help="where the CTI link is")
    for name in ("--user", "--password"):
        words.add_argument(name, required=True)
    words.add_argument("--device", required=True, help="the route point of the number that callers dial")
    words.add_argument("--phone", required=True, metavar="DEVICE", help="the manager's phone")
    words.add_argument("--manager", required=True, metavar="NUMBER", help="the line of that phone")
    words.add_argument("--assistants", required=True, nargs="+", metavar="NUMBER")
    words.add_argument("--commands", nargs="*", default=[], metavar="COMMAND", help="done at the start")
    try:
        asyncio.run(main(words.parse_args()))
    except (Refused, OSError) as problem:
        raise SystemExit(str(problem)) from None
