"""Drives `vtd serve` in JSON: one page that a device may read, and what becomes of a read and a write.

    python3 client.py vtd serve

The standard library is all that it needs.
"""
import json
import subprocess
import sys


class Refused(Exception):
    """The server does not do what it was asked; it has changed nothing."""


class Unit:
    """A remapping unit behind the oracle protocol. With a name it can be a `with` statement's."""

    def __init__(self, command):
        self.peer = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding='utf-8')
        self.count = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.peer.stdin.close()
        self.peer.wait()

    def ask(self, method, **params):
        return self.ask_all([(method, params)])[0]

    def ask_all(self, calls):
        """Many calls in one line, which saves waiting for each reply."""
        requests = []
        for method, params in calls:
            self.count += 1
            requests.append({'jsonrpc': '2.0', 'id': self.count, 'method': method, 'params': params})
        self.peer.stdin.write(json.dumps(requests) + '\n')
        self.peer.stdin.flush()
        line = self.peer.stdout.readline()
        if not line:
            raise EOFError('the server has ended')
        replies = json.loads(line)
        if isinstance(replies, dict):  # The line as a whole was refused.
            raise Refused(replies['error']['message'])
        for reply in replies:
            if 'error' in reply:
                raise Refused(reply['error']['message'])
        return [reply['result'] for reply in replies]


def qwords(address, *words):
    data = b''.join(word.to_bytes(8, 'little') for word in words)
    return 'memory.write', {'address': address, 'data': data.hex()}


def register(offset, width, value):
    return 'register.write', {'offset': offset, 'width': width, 'value': value}


def main(command):
    with Unit(command) as unit:
        unit.ask('initialize', unit={'caches': 'none'})
        unit.ask_all([
            qwords(0x1000, 0x2001),           # root entry of bus 0: context table at 2000h
            qwords(0x2280, 0x3001, 0x102),    # context entry of 00:05.0: four levels from 3000h on, domain 1
            qwords(0x3000, 0x4003),
            qwords(0x4000, 0x5003),
            qwords(0x5488, 0x6003),
            qwords(0x6a28, 0x7001),           # 12345000h is the page at 7000h, which may be read
            register(0x20, 64, 0x1000),       # RTADDR_REG
            register(0x18, 32, 0x40000000),   # GCMD_REG.SRTP
            register(0x18, 32, 0x80000000),   # GCMD_REG.TE
        ])
        for access in 'read', 'write':
            reply = unit.ask('dma', source='00:05.0', address=0x12345678, access=access)
            fault = reply.get('fault')
            print(f'{access}: {reply["outcome"]} {reply.get("address") or fault and fault["condition"]}')
        try:
            unit.ask('dma', source='00:05.8', address=0, access='read')
        except Refused as refused:
            print(f'refused: {str(refused)[:12]}')


if __name__ == '__main__':
    main(sys.argv[1:] or ['vtd', 'serve'])
