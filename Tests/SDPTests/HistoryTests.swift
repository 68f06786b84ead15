import Kernel
import SDP
import Testing

struct HistoryTests {
    private let offer = MediaCapabilities.g711.offer(at: TransportAddress(ip: .v4(0xC000_0209), port: 4000))

    @Test("a leg keeps its origin, and its version rises only when something changed")
    func versions() {
        var history = DescriptionHistory(username: "frontdesk", sessionID: 77, address: .loopbackV4)
        let first = history.outgoing(offer)
        #expect(first.origin == Origin(username: "frontdesk", sessionID: 77, version: 1, address: .ip(.loopbackV4)))
        #expect(first.sameMedia(as: offer))

        var fromElsewhere = offer
        fromElsewhere.origin = Origin(username: "other", sessionID: 5, version: 99, address: .name("pc.example", v6: false))
        #expect(history.outgoing(fromElsewhere) == first)

        let second = history.outgoing(offer.held())
        #expect(second.origin.version == 2 && second.origin.sessionID == 77)
        #expect(history.outgoing(offer.held()).origin.version == 2)
        #expect(history.outgoing(offer).origin.version == 3)
        #expect(history.last?.sameMedia(as: offer) == true)
    }

    @Test(
        "hold turns receiving off and leaves the rest",
        arguments: [("sendrecv", "sendonly"), ("sendonly", "sendonly"), ("recvonly", "inactive"), ("inactive", "inactive")])
    func hold(before: String, after: String) throws {
        let session = try description(
            "v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0", "a=\(before)", "a=tool:x", "m=audio 4000 RTP/AVP 0",
            "a=ptime:20",
            "m=video 0 RTP/AVP 31")
        let held = session.held()
        #expect(held.attributes == [SDPAttribute("tool", "x")])
        #expect(held.media[0].attributes == [SDPAttribute("ptime", "20"), SDPAttribute(after)])
        #expect(held.media[1] == session.media[1])
        #expect(held.held() == held)
    }

    @Test("a direction is set on every line in use")
    func withDirection() throws {
        let session = try description(
            "v=0", "o=- 1 1 IN IP4 192.0.2.1", "a=inactive", "m=audio 4000 RTP/AVP 0", "a=sendonly", "a=ptime:20", "m=audio 4002 RTP/AVP 0")
        let open = session.withDirection(.sendReceive)
        #expect(open.attributes.isEmpty)
        #expect(open.media.map(\.attributes.direction) == [.sendReceive, .sendReceive])
        #expect(open.media[0].packetTime == 20)
    }

    @Test("directions are what their halves say")
    func halves() {
        for direction in [MediaDirection.sendReceive, .sendOnly, .receiveOnly, .inactive] {
            #expect(MediaDirection(sends: direction.sends, receives: direction.receives) == direction)
            #expect(direction.reversed.reversed == direction)
            #expect(direction.limited(to: .sendReceive) == direction)
            #expect(direction.limited(to: .inactive) == .inactive)
            #expect(!direction.held.receives && direction.held.sends == direction.sends)
        }
        #expect(MediaDirection.sendOnly.reversed == .receiveOnly)
    }
}
