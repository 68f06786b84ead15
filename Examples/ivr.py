#!/usr/bin/env python3
"""An IVR application over the CTI link: takes the calls of a route point, plays a file, reads a key, and redirects: see Docs/cti-link.md."""
import argparse
import asyncio
import itertools
import json
import random
import struct
import wave

import websockets

KEYS, SAMPLES = "0123456789*#ABCD", 160  # RFC 4733 section 3.2; 20 ms


class Refused(Exception):
    """The server refused a request."""


class Link:
    """JSON-RPC 2.0 over a WebSocket: requests with their responses, and events for `heard`."""

    def __init__(self, socket, heard):
        self.socket, self.heard = socket, heard
        self.numbers, self.waiting = itertools.count(1), {}

    async def request(self, method, **params):
        number = next(self.numbers)
        self.waiting[number] = asyncio.get_running_loop().create_future()
        await self.socket.send(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}))
        return await self.waiting[number]

    async def run(self):
        async for text in self.socket:
            message = json.loads(text)
            answer = self.waiting.pop(message.get("id"), None)
            if "method" in message:
                self.heard(message["method"], message["params"])
            elif answer is None or answer.cancelled():
                pass  # the call that asked is over
            elif "error" in message:
                answer.set_exception(Refused(message["error"]["message"]))
            else:
                answer.set_result(message["result"])


class Call(asyncio.DatagramProtocol):
    """One call, with an RTP socket of its own."""
    def __init__(self, link, options, offered):
        loop = asyncio.get_running_loop()
        self.link, self.options = link, options
        self.connection, self.caller = offered["connection"], offered["calling"].get("number", "unknown")
        self.media, self.key, self.socket = loop.create_future(), loop.create_future(), None
        self.task = loop.create_task(self.serve())

    async def serve(self):
        try:
            await self.link.request("AnswerCall", connection=self.connection)
            await self.play(await self.media)
            key = self.key.result() if self.key.done() else "nothing"
            to = self.options.keys.get(key, self.options.otherwise)
            print(f"{self.caller} pressed {key} and goes to {to}", flush=True)
            await self.link.request("DeflectCall", connection=self.connection, to=to, data=[{"name": "key", "value": key}])
        except Refused as refusal:
            print(f"{self.caller}: {refusal}", flush=True)

    def heard(self, event, params):
        if event == "MediaAddressNeeded":
            asyncio.create_task(self.give_address())
        elif event == "MediaStarted" and not self.media.done():
            self.media.set_result(params["media"])
        elif event == "ConnectionCleared":
            self.task.cancel()
            if self.socket:
                self.socket.close()

    async def give_address(self):
        loop = asyncio.get_running_loop()
        self.socket, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(self.options.address, 0))
        address, port = self.socket.get_extra_info("sockname")[:2]
        await self.link.request("SetMedia", connection=self.connection, address=address, port=port)

    async def play(self, media):
        """Sends the prompt until a key is pressed, 30 s at most: a packet every 20 ms (RFC 3550 section 5.1)."""
        to, ssrc, prompt = (media["remote"]["address"], media["remote"]["port"]), random.getrandbits(32), self.options.play
        loop = asyncio.get_running_loop()
        begun = loop.time()
        for number in itertools.takewhile(lambda _: not self.key.done(), range(1500)):
            header = struct.pack("!BBHII", 0x80, 0 if number else 0x80, number, number * SAMPLES, ssrc)
            self.socket.sendto(header + prompt[number * SAMPLES % len(prompt):][:SAMPLES], to)
            await asyncio.sleep(begun + (number + 1) * 0.02 - loop.time())

    def datagram_received(self, packet, _):
        events = self.media.done() and self.media.result().get("receiveEvents")
        if events and len(packet) >= 16 and packet[1] & 0x7F == events["payloadType"] and packet[12] < 16 and not self.key.done():
            self.key.set_result(KEYS[packet[12]])


def ulaw(sample):
    """ITU-T G.711 mu-law of a 16-bit sample."""
    sign, level = (0x80 if sample < 0 else 0), min(abs(sample), 32635) + 132
    exponent = level.bit_length() - 8
    return ~(sign | exponent << 4 | (level >> (exponent + 3)) & 15) & 0xFF


def prompt(path):
    """A mono WAV file of 16 bits in mu-law, at 8 kHz and in whole packets."""
    with wave.open(path) as file:
        if file.getnchannels() != 1 or file.getsampwidth() != 2:
            raise argparse.ArgumentTypeError(f"{path}: expected mono and 16 bits")
        samples, step = memoryview(file.readframes(file.getnframes())).cast("h"), file.getframerate() / 8000
    encoded = bytes(ulaw(samples[int(index * step)]) for index in range(int(len(samples) / step)))
    return encoded + b"\xff" * (-len(encoded) % SAMPLES)


async def main(options):
    calls = {}

    def heard(event, params):
        call = calls.get(params.get("connection"))
        if event == "Offered":
            calls[params["connection"]] = Call(link, options, params)
        elif call:
            call.heard(event, params)

    async with websockets.connect(options.link) as socket:
        link = Link(socket, heard)
        reader = asyncio.create_task(link.run())
        await link.request("OpenProvider", user=options.user, password=options.password)
        await link.request("OpenDevice", device=options.device)
        pcmu = {"name": "PCMU", "clockRate": 8000, "payloadType": 0}
        await link.request("RegisterMedia", device=options.device, kind="dynamic", formats=[pcmu])
        print(f"taking the calls of {options.device}", flush=True)
        await reader


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--link", default="ws://127.0.0.1:2748", help="where the CTI link is")
    for name in ("--user", "--password", "--device"):
        words.add_argument(name, required=True)
    words.add_argument("--address", default="127.0.0.1", help="our own address, for RTP")
    words.add_argument("--play", required=True, type=prompt, metavar="FILE.wav")
    words.add_argument("--keys", required=True, type=json.loads, help="""such as '{"1": "2001", "2": "2002"}'""")
    words.add_argument("--otherwise", default="2000", metavar="NUMBER", help="where callers go who press another key")
    try:
        asyncio.run(main(words.parse_args()))
    except (Refused, OSError) as problem:
        raise SystemExit(str(problem)) from None
