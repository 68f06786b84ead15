"""Watches and controls phones over the CTI link. Usage: third-party.py PORT STORY; it prints what it does and ends when the story is over."""
import asyncio
import json
import sys

import websockets

PORT, STORY = int(sys.argv[1]), sys.argv[2]
PHONES = ["desk-2000", "desk-2001", "desk-2002"]


class Desk:
    def __init__(self, socket):
        self.socket, self.number, self.waiting, self.seen, self.news = socket, 0, {}, [], asyncio.Event()

    async def run(self):
        async for text in self.socket:
            message = json.loads(text)
            if "method" in message:
                self.seen.append((message["method"], message["params"]))
                self.news.set()
            else:
                self.waiting.pop(message["id"]).set_result(message)

    async def ask(self, method, **params):
        self.number += 1
        self.waiting[self.number] = asyncio.get_running_loop().create_future()
        await self.socket.send(json.dumps({"jsonrpc": "2.0", "id": self.number, "method": method, "params": params}))
        reply = await self.waiting[self.number]
        assert "result" in reply, (method, params, reply)
        print(method, "->", json.dumps(reply["result"]), flush=True)
        return reply["result"]

    async def event(self, method, **wanted):
        """The next event of this name with these members, counted from the last one that was waited for."""
        while True:
            for index, (name, params) in enumerate(self.seen):
                if name == method and all(params.get(key) == value for key, value in wanted.items()):
                    del self.seen[: index + 1]
                    return params
            self.news.clear()
            await asyncio.wait_for(self.news.wait(), 20)


async def confer(desk):
    """Two talk, and are recorded; a third joins, and a fourth listens silently."""
    call = await desk.event("Established", device="desk-2001")
    agent = call["connection"]
    print("recorded in", (await desk.ask("RecordCall", connection=agent, step="start"))["file"], flush=True)
    third = await desk.ask("SingleStepConferenceCall", connection=agent, device="desk-2000", line="2000")
    silent = await desk.ask("SingleStepConferenceCall", connection=agent, device="desk-2002", line="2002", participation="silent")
    await desk.event("Established", connection=silent["connection"])
    await asyncio.sleep(4)
    await desk.ask("RecordCall", connection=agent, step="stop")
    await desk.ask("ClearConnection", connection=silent["connection"])
    await desk.ask("ClearConnection", connection=third["connection"])
    await desk.event("ConnectionCleared", connection=third["connection"])
    print("two are left", flush=True)
    await asyncio.sleep(1)
    await desk.ask("ClearConnection", connection=agent)


async def transfer(desk):
    """The agent's phone consults another one and transfers the caller there."""
    call = await desk.event("Established", device="desk-2001")
    second = await desk.ask("ConsultationCall", connection=call["connection"], to="2000", autoAnswer=True)
    there = await desk.event("Established", device="desk-2000")
    await desk.ask("TransferCall", connection=call["connection"], other=second["connection"])
    await asyncio.sleep(4)
    await desk.ask("ClearConnection", connection=there["connection"])


async def park(desk):
    """The caller is parked, and a third phone is made to take the call up."""
    call = await desk.event("Established", device="desk-2001")
    number = (await desk.ask("ParkCall", connection=call["connection"]))["number"]
    await asyncio.sleep(1)
    await desk.ask("MakeCall", device="desk-2002", line="2002", to=number, autoAnswer=True)
    taken = await desk.event("Established", device="desk-2002")
    await asyncio.sleep(4)
    await desk.ask("ClearConnection", connection=taken["connection"])


async def main():
    async with websockets.connect(f"ws://127.0.0.1:{PORT}") as socket:
        desk = Desk(socket)
        reader = asyncio.create_task(desk.run())
        await desk.ask("OpenProvider", user="desk", password="counter")
        for phone in PHONES:
            await desk.ask("OpenDevice", device=phone)
        print("watching", flush=True)
        await {"confer": confer, "transfer": transfer, "park": park}[STORY](desk)
        await asyncio.sleep(1)  # the phones finish their recordings
        print("done", flush=True)
        reader.cancel()


asyncio.run(main())
