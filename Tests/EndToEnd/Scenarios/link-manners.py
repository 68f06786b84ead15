"""What the CTI link says to applications that do not keep to it. Usage: link-manners.py HOST PORT"""
import asyncio
import http.client
import json
import sys

import websockets

HOST, PORT = sys.argv[1], int(sys.argv[2])
OPEN = ("OpenProvider", {"user": "ivr", "password": "gangway", "heartbeat": 1})


async def ask(socket, method, params):
    await socket.send(json.dumps({"jsonrpc": "2.0", "id": 7, "method": method, "params": params}))
    return json.loads(await socket.recv())


def connect():
    return websockets.connect(f"ws://{HOST}:{PORT}")


async def closed_with(message):
    async with connect() as socket:
        await socket.send(message)
        try:
            await socket.recv()
        except websockets.ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None


async def refusals():
    async with connect() as socket:
        closed = await ask(socket, "OpenDevice", {"device": "second-line"})
        assert closed["error"]["data"]["refusal"] == "providerNotOpen", closed
        wrong = await ask(socket, "OpenProvider", {"user": "ivr", "password": "plank"})
        assert wrong["error"]["data"] == {"refusal": "badCredentials", "user": "ivr"}, wrong
        opened = await ask(socket, *OPEN)
        assert opened["result"] == {"heartbeat": 5}, opened
        other = await ask(socket, "OpenDevice", {"device": "desk-2000"})
        assert "not among the controlled devices of user ivr" in other["error"]["message"], other
        await socket.send("{")
        assert json.loads(await socket.recv())["error"]["code"] == -32700


async def frames():
    assert await closed_with(b"binary") == 1003
    assert await closed_with("x" * 100_000) in (1002, 1009, None)
    crowd = [await connect() for _ in range(100)]
    async with connect() as socket:
        assert "result" in await ask(socket, *OPEN)
    for one in crowd:
        await one.close()


def plain_http():
    connection = http.client.HTTPConnection(HOST, PORT, timeout=5)
    connection.request("GET", "/")
    assert connection.getresponse().status == 426


async def main():
    await refusals()
    await frames()
    await asyncio.get_running_loop().run_in_executor(None, plain_http)
    await refusals()


asyncio.run(asyncio.wait_for(main(), 30))
