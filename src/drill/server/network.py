"""
Makes a network in which every address is this machine itself, and tells who tries to reach which.

Runs in a network namespace of its own, where no device leads outside. All addresses are made local to the loopback
device, so that an attempt to reach any of them is answered at once ("connection refused") and passes under our eyes; a
namespace without a route would swallow attempts unseen. Only the standard library is used, and no program but Python,
which is there wherever a Letta server is.

Lines on standard output are JSON: first {"ready": {"ipv6": true}}, then {"to": ADDRESS, "port": PORT, "how": "tcp", "source": PORT}
per attempt, and as answer to a line on standard input {"seen": LINE, "dropped": PACKETS}: all that was sent before has been told.
"""

import ctypes
import fcntl
import ipaddress
import json
import os
import select
import socket
import struct
import sys

RTM_NEWROUTE = 24
NLM_F_REQUEST_ACK_CREATE = 0x001 | 0x004 | 0x400
TABLE_LOCAL, PROTOCOL_STATIC, SCOPE_HOST, TYPE_LOCAL = 255, 4, 254, 2
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1
SO_ATTACH_FILTER = 26
PACKET_OUTGOING, PACKET_STATISTICS, SOL_PACKET, ETH_P_ALL = 4, 6, 263, 0x0003


def bring_up(device):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", device.encode(), 0)
        (flags,) = struct.unpack_from("h", fcntl.ioctl(any_socket, SIOCGIFFLAGS, request), 16)
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", device.encode(), flags | IFF_UP))


def make_everything_local(family, device):
    """The same as `ip route add local default dev DEVICE`, which not every machine has."""
    route = struct.pack("BBBBBBBBI", family, 0, 0, 0, TABLE_LOCAL, PROTOCOL_STATIC, SCOPE_HOST, TYPE_LOCAL, 0)
    leaves_by = struct.pack("HHi", 8, 4, socket.if_nametoindex(device))  # RTA_OIF
    body = route + leaves_by
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as netlink:
        netlink.send(struct.pack("IHHII", 16 + len(body), RTM_NEWROUTE, NLM_F_REQUEST_ACK_CREATE, 1, 0) + body)
        (error,) = struct.unpack_from("i", netlink.recv(4096), 16)
    if error != 0:
        raise OSError(-error, os.strerror(-error))


def watch(device):
    """A socket that sees each packet that is not part of a standing TCP connection."""
    first = 0  # the packet begins with its IP header: SOCK_DGRAM
    program = [
        (0x30, 0, 0, first),  # version
        (0x54, 0, 0, 0xF0),
        (0x15, 0, 5, 0x40),  # IPv4, else on to IPv6
        (0x30, 0, 0, 9),  # protocol
        (0x15, 0, 10, 6),  # not TCP: take it
        (0xB1, 0, 0, 0),  # length of the header
        (0x50, 0, 0, 13),  # flags of TCP
        (0x05, 0, 0, 4),
        (0x15, 0, 6, 0x60),  # neither: take it
        (0x30, 0, 0, 6),  # next header
        (0x15, 0, 4, 6),  # not TCP: take it
        (0x30, 0, 0, 53),  # flags of TCP
        (0x54, 0, 0, 0x12),
        (0x15, 1, 0, 0x02),  # SYN without ACK: take it
        (0x06, 0, 0, 0),  # leave it
        (0x06, 0, 0, 0xFFFF),  # take it
    ]
    packed = b"".join(struct.pack("HBBI", *step) for step in program)
    memory = ctypes.create_string_buffer(packed, len(packed))
    seer = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
    seer.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HL", len(program), ctypes.addressof(memory)))
    seer.bind((device, ETH_P_ALL))
    return seer


def attempt_of(packet):
    """(address, port, how, port that it came from, what tells a repetition), or None for a packet that begins nothing."""
    version = packet[0] >> 4
    if version == 4 and len(packet) >= 20:
        protocol, start = packet[9], (packet[0] & 0xF) * 4
        address = str(ipaddress.IPv4Address(packet[16:20]))
    elif version == 6 and len(packet) >= 40:
        protocol, start = packet[6], 40
        address = str(ipaddress.IPv6Address(packet[24:40]))
    else:
        return None
    rest = packet[start:]
    if protocol == 6 and len(rest) >= 14:
        source, port, sequence = struct.unpack_from("!HHI", rest)
        return address, port, "tcp", source, (address, port, source, sequence)
    if protocol == 17 and len(rest) >= 8:
        source, port = struct.unpack_from("!HH", rest)
        return address, port, "udp", source, None
    if protocol == 1 and rest[:1] == b"\x08" or protocol == 58 and rest[:1] == b"\x80":
        return address, None, "ping", None, None
    if protocol in (1, 58):  # answers and errors of the kernel, and what IPv6 says by itself
        return None
    return address, None, f"protocol {protocol}", None, None


def say(**fields):
    print(json.dumps(fields), flush=True)


def main():
    device = "lo"
    bring_up(device)
    seer = watch(device)
    make_everything_local(socket.AF_INET, device)
    try:
        make_everything_local(socket.AF_INET6, device)
        ipv6 = True
    except OSError:
        ipv6 = False
    say(ready={"ipv6": ipv6})

    seen, dropped, questions = set(), 0, []

    def look():
        """All that waits at the socket. Every packet on the loopback device is seen twice; the way out counts."""
        while select.select([seer], [], [], 0)[0]:
            packet, where = seer.recvfrom(256)
            attempt = attempt_of(packet) if where[2] == PACKET_OUTGOING else None
            if attempt is None:
                continue
            to, port, how, source, repetition = attempt
            if repetition is not None and repetition in seen:
                continue
            seen.add(repetition)
            say(to=to, port=port, how=how, source=source)

    pending = b""
    while True:
        readable, _, _ = select.select([seer, sys.stdin.buffer.raw], [], [])
        look()
        if sys.stdin.buffer.raw in readable:
            piece = os.read(sys.stdin.fileno(), 4096)
            if piece == b"":
                return
            *lines, pending = (pending + piece).split(b"\n")
            for line in lines:
                look()
                _, lost = struct.unpack("II", seer.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
                dropped += lost
                say(seen=line.decode(), dropped=dropped)


main()
